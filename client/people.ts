/** The routes by which a person joins, sees what they agreed to, and writes: how a call becomes a request. No state. */
import type {
  ConsentsView,
  ErasureView,
  FeedbackList,
  Me,
  Messages,
  MessageView,
  Receipt,
  SessionsView,
} from '../core/contract.ts';
import {
  isConsents,
  isErasure,
  isFeedback,
  isMe,
  isMessage,
  isMessages,
  isNothing,
  isReceipt,
  isSessions,
} from './answers.ts';
import { send, type ApiRequest, type Wire } from './http.ts';
import type { Abortable } from './routes.ts';

/** Which text was shown to the person, as `policy()` gave it. */
export interface ShownText {
  readonly version: number | string;
  readonly language: string;
}

export type Topic = MessageView['topic'];

export interface FeedbackAnswers {
  readonly survey: string;
  readonly version: number;
  readonly answers: Readonly<Record<string, number | string>>;
}

export interface MinorReport {
  /** The address of the account that is a minor's. */
  readonly email: string;
  readonly text?: string;
  readonly contact?: string;
}

export interface SecurityReport {
  readonly text: string;
  /** Where to answer. */
  readonly contact?: string;
}

/** What a person does beside sending photos. Each method throws OnceoverApiError. */
export interface PeopleClient {
  /** What I said, and what is still missing before a photo can be sent. */
  readonly me: (options?: Abortable) => Promise<Me>;
  /** The language of mail: one of the policy's. */
  readonly changeLanguage: (language: string, options?: Abortable) => Promise<Me>;
  /** Each of the next three is an act of its own: show the text, let the person do it, then call. */
  readonly affirmAdulthood: (shown: ShownText, options?: Abortable) => Promise<ConsentsView>;
  readonly acceptPolicy: (shown: ShownText, options?: Abortable) => Promise<ConsentsView>;
  readonly giveConsent: (purpose: string, shown: ShownText, options?: Abortable) => Promise<ConsentsView>;
  /** At any time. What is open ends at once: its photo is deleted unread, its unit given back. */
  readonly withdrawConsent: (purpose: string, options?: Abortable) => Promise<ConsentsView>;
  /** What stands, and the evidence of everything that I did. */
  readonly consents: (options?: Abortable) => Promise<ConsentsView>;
  readonly sessions: (options?: Abortable) => Promise<SessionsView>;
  readonly endSession: (sessionId: string, options?: Abortable) => Promise<void>;
  readonly sendMessage: (topic: Topic, text: string, options?: Abortable) => Promise<MessageView>;
  readonly messages: (options?: Abortable) => Promise<Messages>;
  /**
   * Deletes the account and everything tied to it, for good. Severed with this answer; `erasure` says when all is gone.
   * No token of the account is worth anything after.
   */
  readonly eraseMe: (options?: Abortable) => Promise<ErasureView>;
  /** Deletes every scan so far; the account stays. A used scan is not given back. */
  readonly eraseHistory: (options?: Abortable) => Promise<ErasureView>;
  /** Deletes every message and answer to a survey so far; the account stays. */
  readonly eraseMessages: (options?: Abortable) => Promise<ErasureView>;
  /** How an erasure stands; undefined: it is done. Needs no token. */
  readonly erasure: (reference: string, options?: Abortable) => Promise<ErasureView | undefined>;
  readonly deleteMessage: (messageId: string, options?: Abortable) => Promise<void>;
  readonly sendFeedback: (given: FeedbackAnswers, options?: Abortable) => Promise<Receipt>;
  /** What I answered to surveys, newest first. */
  readonly feedback: (options?: Abortable) => Promise<FeedbackList>;
  readonly deleteFeedback: (feedbackId: string, options?: Abortable) => Promise<void>;
  /** Anybody may; needs no token. */
  readonly reportMinor: (report: MinorReport, options?: Abortable) => Promise<Receipt>;
  /** Anybody may; needs no token. */
  readonly reportSecurity: (report: SecurityReport, options?: Abortable) => Promise<Receipt>;
}

/** The methods over one wire. */
export function peopleClient(wire: Wire): PeopleClient {
  const act = async (path: string, route: string, shown: ShownText, { signal }: Abortable = {}) =>
    send(wire, { method: 'PUT', route, path, body: shown, signal, isAnswer: isConsents });
  const purposePath = (purpose: string) => `/v1/me/consents/${encodeURIComponent(purpose)}`;
  const purposeRoute = '/v1/me/consents/{purpose}';
  return {
    me: async ({ signal } = {}) => send(wire, { ...plain('GET', '/v1/me'), signal, isAnswer: isMe }),
    changeLanguage: async (language, { signal } = {}) =>
      send(wire, { ...plain('PATCH', '/v1/me'), body: { language }, signal, isAnswer: isMe }),
    affirmAdulthood: async (shown, options) =>
      act('/v1/me/adulthood', 'PUT /v1/me/adulthood', shown, options),
    acceptPolicy: async (shown, options) => act('/v1/me/policy', 'PUT /v1/me/policy', shown, options),
    giveConsent: async (purpose, shown, options) =>
      act(purposePath(purpose), `PUT ${purposeRoute}`, shown, options),
    withdrawConsent: async (purpose, { signal } = {}) =>
      send(wire, {
        method: 'DELETE',
        route: `DELETE ${purposeRoute}`,
        path: purposePath(purpose),
        signal,
        isAnswer: isConsents,
      }),
    consents: async ({ signal } = {}) =>
      send(wire, { ...plain('GET', '/v1/me/consents'), signal, isAnswer: isConsents }),
    sessions: async ({ signal } = {}) =>
      send(wire, { ...plain('GET', '/v1/sessions'), signal, isAnswer: isSessions }),
    endSession: async (sessionId, { signal } = {}) => {
      await send(wire, { ...gone('/v1/sessions/{id}', sessionId), signal });
    },
    sendMessage: async (topic, text, { signal } = {}) =>
      send(wire, {
        ...plain('POST', '/v1/messages'),
        body: { topic, text },
        signal,
        isOnce: true,
        isAnswer: isMessage,
      }),
    messages: async ({ signal } = {}) =>
      send(wire, { ...plain('GET', '/v1/messages'), signal, isAnswer: isMessages }),
    // Asked again, it answers the same: also when the first answer was lost.
    eraseMe: async ({ signal } = {}) =>
      send(wire, { ...plain('DELETE', '/v1/me'), signal, withCookie: true, isAnswer: isErasure }),
    eraseHistory: async ({ signal } = {}) =>
      send(wire, { ...plain('DELETE', '/v1/me/history'), signal, isAnswer: isErasure }),
    eraseMessages: async ({ signal } = {}) =>
      send(wire, { ...plain('DELETE', '/v1/me/messages'), signal, isAnswer: isErasure }),
    erasure: async (reference, { signal } = {}) =>
      send(wire, {
        method: 'GET',
        route: 'GET /v1/erasures/{reference}',
        path: `/v1/erasures/${encodeURIComponent(reference)}`,
        isPublic: true,
        signal,
        isAnswer: isErasureOrDone,
      }),
    deleteMessage: async (messageId, { signal } = {}) => {
      await send(wire, { ...gone('/v1/messages/{id}', messageId), signal });
    },
    sendFeedback: async (given, { signal } = {}) =>
      send(wire, {
        ...plain('POST', '/v1/feedback'),
        body: given,
        signal,
        isOnce: true,
        isAnswer: isReceipt,
      }),
    feedback: async ({ signal } = {}) =>
      send(wire, { ...plain('GET', '/v1/feedback'), signal, isAnswer: isFeedback }),
    deleteFeedback: async (feedbackId, { signal } = {}) => {
      await send(wire, { ...gone('/v1/feedback/{id}', feedbackId), signal });
    },
    reportMinor: async (report, { signal } = {}) => publicReport(wire, '/v1/reports/minor', report, signal),
    reportSecurity: async (report, { signal } = {}) =>
      publicReport(wire, '/v1/reports/security', report, signal),
  };
}

function isErasureOrDone(value: unknown): value is ErasureView | undefined {
  return value === undefined || isErasure(value);
}

function publicReport(
  wire: Wire,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Receipt> {
  return send(wire, {
    ...plain('POST', path),
    body,
    signal,
    isPublic: true,
    isOnce: true,
    isAnswer: isReceipt,
  });
}

function plain<M extends ApiRequest<unknown>['method']>(method: M, path: string) {
  return { method, route: `${method} ${path}`, path };
}

/** A deletion; a repeated one finds nothing when the first one worked and only its answer was lost. */
function gone(route: string, id: string) {
  return {
    method: 'DELETE',
    route: `DELETE ${route}`,
    path: route.replace('{id}', encodeURIComponent(id)),
    isAnswer: isNothing,
    alsoGood: (status: number, attempt: number) => status === 404 && attempt > 1,
  } as const;
}
