/** Says to a screen reader what changed on the page without moving the reader anywhere. */
import { useLayoutEffect } from 'preact/hooks';
import { usePath } from './router.tsx';
import { createStore, useStore } from './store.ts';

const said = createStore('');

let saying: ReturnType<typeof setTimeout> | undefined;

/** Announces a sentence once, politely. */
export function announce(sentence: string): void {
  // The same sentence twice is a change only when something else was there in between.
  fallSilent();
  saying = setTimeout(() => said.set(sentence), 50);
}

function fallSilent(): void {
  clearTimeout(saying);
  said.set('');
}

/** The live region; stands once on every page. */
export function Announcer() {
  const path = usePath();
  // What was said of one page, or was about to be, is no part of the next; what the next says itself comes later.
  useLayoutEffect(fallSilent, [path]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {useStore(said)}
    </div>
  );
}
