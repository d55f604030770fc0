/** One value that parts of the page look at: a few lines instead of a state library. Lives in memory alone. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** Calls back after each change; the answer stops that. */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A value that is read again and again, and an answer that comes late must not take the place of a newer one. */
export interface Reading<T> {
  readonly store: Store<T | undefined>;
  /** Asks, and keeps the answer unless a later question was answered first, or everything was forgotten. */
  readonly read: () => Promise<void>;
  readonly forget: () => void;
}

export function createReading<T>(ask: () => Promise<T>): Reading<T> {
  const store = createStore<T | undefined>(undefined);
  let asked = 0;
  let answered = 0;
  return {
    store,
    async read() {
      asked += 1;
      const mine = asked;
      const answer = await ask();
      if (mine <= answered) return;
      answered = mine;
      store.set(answer);
    },
    forget() {
      answered = asked;
      store.set(undefined);
    },
  };
}

/** The store's value, now and after each change. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(() => store.get());
  useEffect(() => {
    const look = (): void => setValue(() => store.get());
    look();
    return store.subscribe(look);
  }, [store]);
  return value;
}
