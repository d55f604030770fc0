/** The routes by which a person sees what is held and who looked, and use is counted: how a call becomes a request. No state. */
import type { AccessLog, ExportPage, Usage } from '../core/contract.ts';
import { isAccessLog, isExportPage, isNothing } from './answers.ts';
import { send, type Wire } from './http.ts';
import type { Abortable } from './routes.ts';

/** Each method throws OnceoverApiError. */
export interface PrivacyClient {
  /** One page of everything that is held about me; `after`: `next` of the page before. */
  readonly exportPage: (after?: string, options?: Abortable) => Promise<ExportPage>;
  /** All pages, each asked for when the one before it was used up; `assembleExport` makes files of them. */
  readonly exportPages: (options?: Abortable) => AsyncGenerator<ExportPage, void>;
  /** Who of the staff looked at my data and why, newest first; `after`: `next` of the page before. */
  readonly accessLog: (after?: string, options?: Abortable) => Promise<AccessLog>;
  /** Counts that something was done, by nobody in particular: no token and no cookie goes with it. */
  readonly usage: (event: Usage['event'], options?: Abortable) => Promise<void>;
}

/** The methods over one wire. */
export function privacyClient(wire: Wire): PrivacyClient {
  const page = (path: string, after: string | undefined) => ({
    method: 'GET' as const,
    route: `GET ${path}`,
    path: after === undefined ? path : `${path}?${new URLSearchParams({ after }).toString()}`,
  });
  const exportPage: PrivacyClient['exportPage'] = async (after, { signal } = {}) =>
    send(wire, { ...page('/v1/me/export', after), signal, isAnswer: isExportPage });
  return {
    exportPage,
    async *exportPages(options) {
      let after: string | undefined;
      do {
        const one = await exportPage(after, options);
        yield one;
        after = one.next;
      } while (after !== undefined);
    },
    accessLog: async (after, { signal } = {}) =>
      send(wire, { ...page('/v1/me/access-log', after), signal, isAnswer: isAccessLog }),
    async usage(event, { signal } = {}) {
      const body: Usage = { event };
      await send(wire, {
        method: 'POST',
        route: 'POST /v1/usage',
        path: '/v1/usage',
        body,
        signal,
        isPublic: true,
        // One count more or less is nothing; counted twice would be wrong.
        isOnce: true,
        isAnswer: isNothing,
      });
    },
  };
}
