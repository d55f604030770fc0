/** One survey of the policy, with ratings and texts, answered as often as somebody likes. */
import { useState } from 'preact/hooks';
import type { PolicyView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import { inLanguage, useWords } from '../words/words.ts';
import { focusHeading } from './layout.tsx';
import { Failure } from './parts.tsx';

const ratings = [1, 2, 3, 4, 5] as const;

export function Survey({
  survey,
  onSent,
}: {
  readonly survey: PolicyView['surveys'][number];
  readonly onSent: () => void;
}) {
  const { messages, language } = useWords();
  const { client } = useApp();
  const [answers, setAnswers] = useState<Readonly<Record<string, number | string>>>({});
  const [state, setState] = useState<'open' | 'busy' | 'sent'>('open');
  const [error, setError] = useState<unknown>();
  const answer = (questionId: string, value: number | string): void =>
    setAnswers((last) => {
      const { [questionId]: _, ...others } = last;
      return value === '' ? others : { ...others, [questionId]: value };
    });
  const send = async (): Promise<void> => {
    setState('busy');
    setError(undefined);
    try {
      await client.sendFeedback({ survey: survey.surveyId, version: survey.version, answers });
      setState('sent');
      announce(messages.thanks);
      focusHeading();
      onSent();
    } catch (caught) {
      setState('open');
      setError(caught);
    }
  };
  return (
    <section>
      <h2>{inLanguage(survey.title, language.code)}</h2>
      {state === 'sent' ? (
        <p>{messages.thanks}</p>
      ) : (
        <form
          class="card form"
          onSubmit={(event: SubmitEvent) => {
            event.preventDefault();
            void send();
          }}
        >
          {survey.questions.map(({ questionId, kind, text }) =>
            kind === 'rating' ? (
              <fieldset key={questionId} class="rating">
                <legend>{inLanguage(text, language.code)}</legend>
                {ratings.map((value) => (
                  <label key={value}>
                    <input
                      class="visually-hidden"
                      type="radio"
                      name={questionId}
                      value={value}
                      checked={answers[questionId] === value}
                      aria-label={messages.rating(value)}
                      onChange={() => answer(questionId, value)}
                    />
                    {value}
                  </label>
                ))}
              </fieldset>
            ) : (
              <div key={questionId} class="form">
                <label for={questionId}>{inLanguage(text, language.code)}</label>
                <textarea
                  id={questionId}
                  dir="auto"
                  onInput={(event: { readonly currentTarget: HTMLTextAreaElement }) =>
                    answer(questionId, event.currentTarget.value)
                  }
                />
              </div>
            ),
          )}
          {error === undefined ? null : <Failure error={error} />}
          <button
            type="submit"
            class="button"
            disabled={state === 'busy' || Object.keys(answers).length === 0}
          >
            {messages.sendFeedback}
          </button>
        </form>
      )}
    </section>
  );
}
