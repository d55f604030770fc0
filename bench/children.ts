/** What the processes use that this one has started: on Linux, where `/proc` tells. Elsewhere a bench cannot count them. */
import { readFileSync, readdirSync } from 'node:fs';

export interface ChildrenUse {
  /** CPU of their living threads since each began. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Sum of each one's highest resident memory: at least what they had at any one moment. */
  readonly peakBytes: number;
}

/** Throws where there is no `/proc`. */
export function useOfChildren(): ChildrenUse {
  const pids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ');
  const used = pids.filter((pid) => pid !== '').map(useOf);
  const sum = (of: (one: ChildrenUse) => number) => used.reduce((total, one) => total + of(one), 0);
  return {
    cpuMs: sum(({ cpuMs }) => cpuMs),
    rssBytes: sum(({ rssBytes }) => rssBytes),
    peakBytes: sum(({ peakBytes }) => peakBytes),
  };
}

function useOf(pid: string): ChildrenUse {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]);
  // The first number of schedstat is time on a CPU, in nanoseconds.
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return {
    cpuMs: threads.reduce((total, ns) => total + ns, 0) / 1e6,
    rssBytes: kibibytes('VmRSS') * 1024,
    peakBytes: kibibytes('VmHWM') * 1024,
  };
}
