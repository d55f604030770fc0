/**
 * Who is signed in, as the pages see it. The access token is in memory alone; what renews it is in a cookie that no
 * script can read.
 */
import type { GetToken } from '../client/http.ts';
import { createSession as createApiSession } from '../client/session.ts';
import { createStore, type Store } from './store.ts';

export type SessionState = 'starting' | 'signed-out' | 'signed-in';

export interface Session {
  readonly state: Store<SessionState>;
  readonly getToken: GetToken;
  /** Goes on with the session that the browser's cookie knows of, if any. */
  resume(): Promise<void>;
  /** Has a code sent; answers with what belongs to it. */
  requestCode(email: string, language: string): Promise<string>;
  verify(attempt: {
    readonly email: string;
    readonly challenge: string;
    readonly code: string;
    readonly language: string;
  }): Promise<void>;
  /** Ends this session, or every one. Also when the system cannot be told, this page forgets its token. */
  signOut(options?: { readonly everywhere: boolean }): Promise<void>;
}

export function createSession(): Session {
  const state = createStore<SessionState>('starting');
  const api = createApiSession({
    baseUrl: '',
    keep: 'cookie',
    onSignedOut: () => state.set('signed-out'),
  });
  return {
    state,
    getToken: api.getToken,
    async resume() {
      // Without a connection nobody can tell; the sign-in page is where one sees it, and a reload asks again.
      const isIn = await api.isSignedIn().catch(() => false);
      state.set(isIn ? 'signed-in' : 'signed-out');
    },
    async requestCode(email, language) {
      return (await api.requestCode(email, { language })).challenge;
    },
    async verify({ language, ...attempt }) {
      await api.verifyCode(attempt, { language });
      state.set('signed-in');
    },
    async signOut({ everywhere } = { everywhere: false }) {
      try {
        await (everywhere ? api.signOutEverywhere() : api.signOut());
      } finally {
        state.set('signed-out');
      }
    },
  };
}
