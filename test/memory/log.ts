/** A log for tests: silent, or remembering what was said. */
import type { Log, LogEvent, LogFields } from '../../lambdas/runtime/log.ts';

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What was said, in order. */
export function rememberingLog(): {
  readonly log: Log;
  readonly said: (readonly [level: string, event: LogEvent, fields: LogFields | undefined])[];
} {
  const said: (readonly [string, LogEvent, LogFields | undefined])[] = [];
  return {
    said,
    log: {
      info: (event, fields) => void said.push(['info', event, fields]),
      warn: (event, fields) => void said.push(['warn', event, fields]),
      error: (event, _error, fields) => void said.push(['error', event, fields]),
    },
  };
}
