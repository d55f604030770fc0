/** Messages to support with their answers, and the surveys of the policy. What is written here is read by people. */
import { useRef, useState } from 'preact/hooks';
import { OnceoverApiError } from '../../client/error.ts';
import type { MessageView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp, useLoaded, usePolicy } from '../app.ts';
import { focusHeading, Page } from '../parts/layout.tsx';
import { Confirm, Failure, ToAccount, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { Survey } from '../parts/survey.tsx';
import { Icon } from '../pictures/icons.tsx';
import { useWords } from '../words/words.ts';

type Topic = MessageView['topic'];
const topics = ['question', 'problem', 'privacy', 'payment', 'other'] as const satisfies readonly Topic[];

export function WriteToUs() {
  const { messages } = useWords();
  const { client } = useApp();
  const policy = usePolicy();
  const [loaded, again] = useLoaded(async () => client.messages(), []);
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
        <Survey key={survey.surveyId} survey={survey} />
      ))}
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

function OneMessage({ message, onGone }: { readonly message: MessageView; readonly onGone: () => void }) {
  const words = useWords();
  const { messages } = words;
  const { client } = useApp();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const remove = async (): Promise<void> => {
    setAsking(false);
    try {
      await client.deleteMessage(message.id);
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
        <span class="small">
          {messages.topics[message.topic]} · {dayAndTime(message.at, words)}
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={messages.remove(dayAndTime(message.at, words))}
          onClick={() => setAsking(true)}
        >
          <Icon name="bin" />
        </button>
      </div>
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
      {error === undefined ? null : <Failure error={error} />}
      {isAsking ? (
        <Confirm
          title={messages.removeTitle}
          text={messages.removeText}
          confirm={messages.removeConfirm}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}
