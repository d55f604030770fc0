/** What storage answered in a round, so that a violation comes with what led to it. Never an image's bytes. */
import type { CloudObservation } from '../../local/cloud.ts';

export interface Trace {
  readonly observe: (observation: CloudObservation) => void;
  /** The answers about one object and about the bucket as a whole, in order. */
  of(key: string): readonly string[];
  clear(): void;
}

/** Opens an empty trace. */
export function openTrace(): Trace {
  let lines: { readonly key: string | undefined; readonly line: string }[] = [];
  return {
    observe(observation) {
      if (observation.source === 'functions') {
        const { type, functionName } = observation;
        const failed = 'outcome' in observation && observation.outcome !== 'ok' ? observation.outcome : '';
        if (functionName === 'sweep' && type === 'invocation-ended') {
          lines.push({ key: undefined, line: `sweep ended ${failed}`.trimEnd() });
        } else if (type.startsWith('event-'))
          lines.push({ key: undefined, line: `${functionName}: ${type}` });
        return;
      }
      if (observation.source === 'mail') return;
      const { operation, key, status, code = '', principal = '', at } = observation;
      lines.push({ key, line: `${Math.round(at)} ${principal} ${operation} ${status} ${code}`.trimEnd() });
    },
    of: (key) => lines.filter((one) => one.key === undefined || one.key === key).map(({ line }) => line),
    clear: () => void (lines = []),
  };
}
