/**
 * Rate schedules on the virtual clock, as EventBridge fires them: one event a period to one function. It
 * must not wait for the function in real time: a slow run and the next one can overlap, as on AWS.
 */
import { randomUUID } from 'node:crypto';
import type { FunctionName } from '../lib/functions.ts';
import type { VirtualClock } from './clock.ts';
import type { KeptMap } from './data/kept-map.ts';
import type { Runner } from './runner/runner.ts';

export interface Schedule {
  readonly functionName: FunctionName;
  /** What the function is handed, as `{ task }`. Default: an event of EventBridge */
  readonly task?: string;
  readonly everyMs: number;
  /** Virtual milliseconds until the first event. Default: `everyMs`, as for a new rule on AWS. */
  readonly firstInMs?: number;
}

/** What EventBridge hands a function on a schedule. */
export interface ScheduledEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Scheduled Event';
  readonly source: 'aws.events';
  readonly account: string;
  /** Virtual time of the tick, ISO 8601 in whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, never>>;
}

export interface SchedulerOptions {
  readonly clock: VirtualClock;
  readonly runner: Pick<Runner, 'invokeAsync'>;
  readonly schedules: readonly Schedule[];
  /** Each schedule's beat outlives the process there; ticks that were missed stay missed. Default: a new beat. */
  readonly kept?: KeptMap<number>;
}

/** Starts every schedule. `clock.advance` waits for each tick's run before it moves on. */
export function startScheduler(options: SchedulerOptions): { close(): void } {
  const { clock, runner } = options;
  const cancels = options.schedules.map((schedule) => {
    let cancel: (() => void) | undefined;
    const arm = (atMs: number): void => {
      cancel = clock.setTimer(atMs, async () => {
        arm(atMs + schedule.everyMs);
        await runner.invokeAsync(schedule.functionName, eventOf(schedule, clock.now())).attempted;
      });
    };
    arm(firstTick(options, schedule));
    return () => cancel?.();
  });
  return {
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}

/** The next tick of the beat that was kept, else of one that begins now. */
function firstTick({ clock, kept }: SchedulerOptions, schedule: Schedule): number {
  const { functionName, task, everyMs, firstInMs = everyMs } = schedule;
  const name = task === undefined ? `tick of ${functionName}` : `tick of ${functionName} ${task}`;
  const tickMs = kept?.get(name);
  if (tickMs !== undefined) {
    return tickMs + everyMs * Math.max(0, Math.ceil((clock.now() - tickMs) / everyMs));
  }
  const first = clock.now() + firstInMs;
  kept?.commit([[name, first]]);
  return first;
}

function eventOf(schedule: Schedule, nowMs: number): ScheduledEvent | { readonly task: string } {
  return schedule.task === undefined ? scheduledEvent(schedule, nowMs) : { task: schedule.task };
}

function scheduledEvent(schedule: Schedule, nowMs: number): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: 'us-east-1',
    resources: [`arn:aws:events:us-east-1:000000000000:rule/${schedule.functionName}`],
    detail: {},
  };
}
