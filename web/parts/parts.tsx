/** Small parts that pages share. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { troubleOf } from '../flow/flow.ts';
import { Icon, type IconName } from '../pictures/icons.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';

/** While something is on its way. */
export function Waiting() {
  const words = useWords();
  return (
    <div class="waiting" role="status">
      <span class="ring" aria-hidden="true" />
      <span class="visually-hidden">{words.loading}</span>
    </div>
  );
}

/** A paragraph that matters, with an icon. */
export function Note({
  icon,
  tone = 'plain',
  children,
}: {
  readonly icon: IconName;
  readonly tone?: 'plain' | 'warm';
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`note note-${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** What went wrong, in a person's words, with a way on. */
export function Failure({
  error,
  again,
}: {
  readonly error: unknown;
  readonly again?: (() => void) | undefined;
}) {
  const words = useWords();
  const { code, reference } = troubleOf(error);
  const { title, text } = words.errors[code];
  return (
    <div class="failure" role="alert">
      <p class="failure-title">{title}</p>
      <p>{text}</p>
      {reference === undefined ? null : <p class="small">{words.trouble.reference(reference)}</p>}
      {again === undefined ? null : (
        <button type="button" class="button quiet" onClick={again}>
          {words.tryAgain}
        </button>
      )}
    </div>
  );
}

/**
 * Asks before something that cannot be undone. Escape and the other button do nothing. Whoever answered is where they
 * were: the browser gives the focus back when a dialog is closed, and not when it is taken away.
 *
 * The browser says only later that a dialog was closed. Whoever asked again by then has another dialog before them,
 * which that must not close: so what closes one tells its parent itself, and a dialog that is gone says nothing.
 */
export function Confirm({
  title,
  text,
  confirm,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const close = (): void => {
    dialog.current?.close();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="dialog-title"
      onCancel={close}
      onClose={({ currentTarget }: { readonly currentTarget: HTMLDialogElement }) => {
        if (currentTarget.isConnected) onClose();
      }}
    >
      <h2 id="dialog-title">{title}</h2>
      <p>{text}</p>
      <div class="buttons">
        <button type="button" class="button quiet" onClick={close}>
          {words.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            close();
            onConfirm();
          }}
        >
          {confirm}
        </button>
      </div>
    </dialog>
  );
}

/** The way back to the account's own page. */
export function ToAccount() {
  const { account } = useWords();
  return (
    <Link to="/account" class="back-link">
      <Icon name="back" />
      {account.title}
    </Link>
  );
}
