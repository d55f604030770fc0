/** Says to a screen reader what changed on the page without moving the reader anywhere. */
import { useEffect } from 'preact/hooks';
import { usePath } from './router.tsx';
import { createStore, useStore } from './store.ts';

const said = createStore('');

/** Announces a sentence once, politely. */
export function announce(sentence: string): void {
  // The same sentence twice is a change only when something else was there in between.
  said.set('');
  setTimeout(() => said.set(sentence), 50);
}

/** The live region; stands once on every page. */
export function Announcer() {
  const path = usePath();
  // What was said of one page is no part of the next.
  useEffect(() => said.set(''), [path]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {useStore(said)}
    </div>
  );
}
