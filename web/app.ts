/** What the pages share: the client, the session, the policy, the photo under way. One of each a page load. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { createClient, type Client } from '../client/client.ts';
import type { Me, PolicyView, Purchases, Usage } from '../core/contract.ts';
import { createFlow, type Flow, type Step } from './flow/flow.ts';
import { preparePhoto } from './photo/prepare-photo.ts';
import { createSession, type Session } from './session.ts';
import { createReading, type Store } from './store.ts';

export interface App {
  readonly client: Client;
  readonly session: Session;
  /** What the person said and accepted, once it was read. */
  readonly me: Store<Me | undefined>;
  readMe(): Promise<void>;
  /** What was bought and what is left of it, once it was read. */
  readonly balance: Store<Purchases | undefined>;
  readBalance(): Promise<void>;
  readonly flow: Flow;
  /** Signs out here or everywhere, and forgets a photo that is under way. */
  signOut(options?: { readonly everywhere: boolean }): Promise<void>;
  /** Counts that something was done, by nobody in particular (CAL-9). That it was counted matters to no page. */
  readonly count: (event: Usage['event']) => void;
  /** Asked for once, and again after a failure. */
  policy(): Promise<PolicyView>;
}

export function createApp(): App {
  const session = createSession();
  const client = createClient({ baseUrl: '', getToken: session.getToken });
  let policy: Promise<PolicyView> | undefined;
  const getPolicy = async (): Promise<PolicyView> => {
    policy ??= client.policy().catch((error: unknown) => {
      policy = undefined;
      throw error;
    });
    return policy;
  };
  const me = createReading<Me>(async () => client.me());
  const balance = createReading<Purchases>(async () => client.purchases());
  session.state.subscribe(() => {
    // Another person may sign in next.
    if (session.state.get() !== 'signed-out') return;
    me.forget();
    balance.forget();
  });
  const count = (event: Usage['event']): void => void client.usage(event).catch(() => undefined);
  const flow = createFlow({ client, policy: getPolicy, prepare: preparePhoto });
  let before = flow.step.get().at;
  flow.step.subscribe(() => {
    const step = flow.step.get();
    const isNew = step.at !== before;
    before = step.at;
    if (!isNew) return;
    // What is left is said with the result; without an answer the last one stands.
    if (step.at === 'ended') void balance.read().catch(() => undefined);
    const event = eventOf(step);
    if (event !== undefined) count(event);
  });
  return {
    client,
    session,
    flow,
    async signOut(options) {
      flow.forget();
      await session.signOut(options);
    },
    me: me.store,
    readMe: me.read,
    balance: balance.store,
    readBalance: balance.read,
    count,
    policy: getPolicy,
  };
}

/** What is counted of a photo's way: not which photo, and not what was said of it. */
function eventOf(step: Step): Usage['event'] | undefined {
  if (step.at === 'sending') return 'photo-sent';
  if (step.at === 'ended') return 'result-seen';
  if (step.at !== 'ready') return undefined;
  const { photo } = step;
  const isRefused = photo.kind === 'prepared' && photo.checks.some(({ problem }) => problem !== undefined);
  return isRefused ? 'photo-refused-on-device' : 'photo-chosen';
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('useApp belongs inside of AppContext.');
  return app;
}

/** Something that is on its way, there, or not to be had. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Loads once for the given keys; the second value loads again. */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
): readonly [Loaded<T>, () => void] {
  const [round, setRound] = useState(0);
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: 'loading' });
  useEffect(() => {
    const controller = new AbortController();
    setLoaded({ kind: 'loading' });
    const settle = (outcome: Loaded<T>): void => {
      if (!controller.signal.aborted) setLoaded(outcome);
    };
    const run = async (): Promise<void> => {
      try {
        settle({ kind: 'loaded', value: await load(controller.signal) });
      } catch (error) {
        settle({ kind: 'failed', error });
      }
    };
    void run();
    return () => controller.abort();
  }, [...keys, round]);
  return [loaded, () => setRound((last) => last + 1)];
}

/** The policy, as it was read at this page load, for pages that can say less without it. */
export function usePolicy(): PolicyView | undefined {
  const [loaded] = usePolicyLoaded();
  return loaded.kind === 'loaded' ? loaded.value : undefined;
}

/** The same for pages that are nothing without it, and have to say that it could not be read. */
export function usePolicyLoaded(): readonly [Loaded<PolicyView>, () => void] {
  const app = useApp();
  return useLoaded(async () => app.policy(), []);
}
