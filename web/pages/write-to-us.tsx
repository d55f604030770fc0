/** Messages to support with their answers, and the surveys of the policy with what was answered. People read it all. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { OnceoverApiError } from '../../client/error.ts';
import type { FeedbackView, MessageView, PolicyView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp, useLoaded, usePolicy } from '../app.ts';
import { focusHeading, Page } from '../parts/layout.tsx';
import { Confirm, Failure, ToAccount, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { Survey } from '../parts/survey.tsx';
import { Icon } from '../pictures/icons.tsx';
import { inLanguage, useWords } from '../words/words.ts';

type Topic = MessageView['topic'];
const topics = ['question', 'problem', 'privacy', 'payment', 'other'] as const satisfies readonly Topic[];

export function WriteToUs() {
  const { messages } = useWords();
  const { client } = useApp();
  const policy = usePolicy();
  const [loaded, again] = useLoaded(async () => client.messages(), []);
  const [answered, answeredAgain] = useLoaded(async () => client.feedback(), []);
  return (
    <Page title={messages.title} class="account" above={<ToAccount />}>
      <p class="lead">{messages.lead}</p>
      <NewMessage mostCharacters={policy?.limits.maxTextLength ?? 2000} onSent={again} />
      <section>
        <h2>{messages.yours}</h2>
        {loaded.kind === 'loading' ? <Waiting /> : null}
        {loaded.kind === 'failed' ? <Failure error={loaded.error} again={again} /> : null}
        {loaded.kind === 'loaded' && loaded.value.messages.length === 0 ? (
          <p class="small">{messages.none}</p>
        ) : null}
        {loaded.kind === 'loaded' ? (
          <ul class="rows">
            {loaded.value.messages.map((message) => (
              <OneMessage key={message.id} message={message} onGone={again} />
            ))}
          </ul>
        ) : null}
      </section>
      {policy?.surveys.map((survey) => (
        <Survey key={survey.surveyId} survey={survey} onSent={answeredAgain} />
      ))}
      {answered.kind === 'failed' ? <Failure error={answered.error} again={answeredAgain} /> : null}
      {answered.kind === 'loaded' ? (
        <YourAnswers
          feedback={answered.value.feedback}
          surveys={policy?.surveys ?? []}
          onGone={answeredAgain}
        />
      ) : null}
    </Page>
  );
}

function NewMessage({
  mostCharacters,
  onSent,
}: {
  readonly mostCharacters: number;
  readonly onSent: () => void;
}) {
  const { messages } = useWords();
  const { client } = useApp();
  const [topic, setTopic] = useState<Topic>('question');
  const [text, setText] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await client.sendMessage(topic, text);
      setText('');
      announce(messages.sent);
      field.current?.focus();
      onSent();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const isRefused = error instanceof OnceoverApiError && error.code === 'invalid-request';
  return (
    <form
      class="card form"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for="topic">{messages.topic}</label>
      <select
        id="topic"
        value={topic}
        onChange={(event: { readonly currentTarget: HTMLSelectElement }) => {
          const chosen = topics.find((one) => one === event.currentTarget.value);
          if (chosen !== undefined) setTopic(chosen);
        }}
      >
        {topics.map((one) => (
          <option key={one} value={one}>
            {messages.topics[one]}
          </option>
        ))}
      </select>
      <label for="text">{messages.text}</label>
      <textarea
        ref={field}
        id="text"
        dir="auto"
        maxLength={mostCharacters}
        value={text}
        aria-describedby="text-hint"
        aria-invalid={isRefused}
        onInput={(event: { readonly currentTarget: HTMLTextAreaElement }) =>
          setText(event.currentTarget.value)
        }
      />
      <p id="text-hint" class="small">
        {messages.textHint(mostCharacters)}
      </p>
      {isRefused ? (
        <p class="refusal" role="alert">
          {messages.refused}
        </p>
      ) : null}
      {error === undefined || isRefused ? null : <Failure error={error} />}
      <button type="submit" class="button" disabled={isBusy || text.trim() === ''}>
        {messages.send}
      </button>
    </form>
  );
}

/** Something that the person wrote, with a way to delete it. */
function Written({
  about,
  remove,
  perform,
  onGone,
  children,
}: {
  readonly about: string;
  readonly remove: { readonly label: string; readonly title: string; readonly text: string };
  readonly perform: () => Promise<void>;
  readonly onGone: () => void;
  readonly children: ComponentChildren;
}) {
  const { messages } = useWords();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const confirmed = async (): Promise<void> => {
    setAsking(false);
    try {
      await perform();
      announce(messages.removed);
      focusHeading();
      onGone();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <li class="card message">
      <div class="message-head">
        <span class="small">{about}</span>
        <button type="button" class="icon-button" aria-label={remove.label} onClick={() => setAsking(true)}>
          <Icon name="bin" />
        </button>
      </div>
      {children}
      {error === undefined ? null : <Failure error={error} />}
      {isAsking ? (
        <Confirm
          title={remove.title}
          text={remove.text}
          confirm={messages.removeConfirm}
          onConfirm={() => void confirmed()}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}

function OneMessage({ message, onGone }: { readonly message: MessageView; readonly onGone: () => void }) {
  const words = useWords();
  const { messages } = words;
  const { client } = useApp();
  const when = dayAndTime(message.at, words);
  return (
    <Written
      about={`${messages.topics[message.topic]} · ${when}`}
      remove={{ label: messages.remove(when), title: messages.removeTitle, text: messages.removeText }}
      perform={async () => client.deleteMessage(message.id)}
      onGone={onGone}
    >
      <p class="written" dir="auto">
        {message.text}
      </p>
      {message.answer === undefined ? (
        <p class="small">{messages.waiting}</p>
      ) : (
        <div class="answer">
          <p class="small">
            {messages.answer} · {dayAndTime(message.answer.at, words)}
          </p>
          <p class="written" dir="auto">
            {message.answer.text}
          </p>
        </div>
      )}
    </Written>
  );
}

/** What the person answered to surveys so far, once there is something. */
function YourAnswers({
  feedback,
  surveys,
  onGone,
}: {
  readonly feedback: readonly FeedbackView[];
  readonly surveys: PolicyView['surveys'];
  readonly onGone: () => void;
}) {
  const { messages } = useWords();
  if (feedback.length === 0) return null;
  return (
    <section>
      <h2>{messages.yourAnswers}</h2>
      <ul class="rows">
        {feedback.map((given) => (
          <OneAnswer
            key={given.id}
            given={given}
            survey={surveys.find((one) => one.surveyId === given.survey && one.version === given.version)}
            onGone={onGone}
          />
        ))}
      </ul>
    </section>
  );
}

/** A survey that is no longer asked shows its questions' names in place of their words. */
function OneAnswer({
  given,
  survey,
  onGone,
}: {
  readonly given: FeedbackView;
  readonly survey: PolicyView['surveys'][number] | undefined;
  readonly onGone: () => void;
}) {
  const words = useWords();
  const { messages, language } = words;
  const { client } = useApp();
  const when = dayAndTime(given.at, words);
  return (
    <Written
      about={`${survey === undefined ? given.survey : inLanguage(survey.title, language.code)} · ${when}`}
      remove={{
        label: messages.removeAnswers(when),
        title: messages.removeAnswersTitle,
        text: messages.removeAnswersText,
      }}
      perform={async () => client.deleteFeedback(given.id)}
      onGone={onGone}
    >
      {Object.entries(given.answers).map(([questionId, value]) => {
        const question = survey?.questions.find((one) => one.questionId === questionId);
        return (
          <div key={questionId}>
            <p class="small">
              {question === undefined ? questionId : inLanguage(question.text, language.code)}
            </p>
            <p class="written" dir="auto">
              {typeof value === 'number' ? messages.rating(value) : value}
            </p>
          </div>
        );
      })}
    </Written>
  );
}
