/** A runner over the tiny functions beside this file, with everything it reports within reach. */
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { bundleFunction } from '../../../lib/bundle.ts';
import { apiFunction, type FunctionDefinition, type FunctionName } from '../../../lib/functions.ts';
import type { KeptMap } from '../../../local/data/kept-map.ts';
import type { KeptEvent } from '../../../local/runner/event-queue.ts';
import { createVirtualClock, type VirtualClock } from '../../../local/clock.ts';
import { startRunner, type Runner, type RunnerEvent } from '../../../local/runner/runner.ts';
import type { ProbeEvent } from './functions/probe.ts';

export interface Harness {
  readonly clock: VirtualClock;
  readonly runner: Runner;
  readonly lines: string[];
  readonly events: RunnerEvent[];
  /** Invokes the function, typed. */
  readonly invoke: (event: ProbeEvent) => ReturnType<Runner['invoke']>;
  /** Resolves when `count` lines equal to `line` were logged since the start. */
  readonly logged: (line: string, count?: number) => Promise<void>;
  /** The events of one type, in order. */
  readonly seen: <T extends RunnerEvent['type']>(type: T) => Extract<RunnerEvent, { type: T }>[];
}

export interface HarnessOptions {
  /** File under `functions/`. Default: probe. */
  readonly source?: 'probe' | 'broken' | 'callback' | 'http-echo';
  /** What differs from: one environment, 10 s, one retry, events of up to 120 s. */
  readonly definition?: Partial<FunctionDefinition>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly skewMs?: number;
  /** Where events outlive the process. */
  readonly kept?: KeptMap<KeptEvent>;
  /** How far virtual time is ahead at the start. */
  readonly startOffset?: number;
}

/** Named `api`, because names are a closed list; what runs is the tiny function. */
export const probe: FunctionName = 'api';

export async function given(options: HarnessOptions = {}): Promise<Harness> {
  const source = options.source ?? 'probe';
  const definition: FunctionDefinition = {
    ...apiFunction,
    entry: `test/local/runner/functions/${source}.ts`,
    reservedConcurrency: 1,
    asyncRetries: 1,
    maximumEventAgeMs: 120_000,
    ...options.definition,
  };
  const outDir = fileURLToPath(new URL(`../../../.build/test/runner/${source}`, import.meta.url));
  const { dir } = await bundleFunction(definition, outDir);
  const clock = createVirtualClock(options.startOffset);
  const lines: string[] = [];
  const events: RunnerEvent[] = [];
  const watchers = new Set<() => void>();
  const runner = await startRunner({
    clock,
    functions: [
      {
        definition,
        dir,
        environment: options.environment ?? {},
        ...(options.skewMs !== undefined && { skewMs: options.skewMs }),
      },
    ],
    ...(options.kept !== undefined && { kept: options.kept }),
    log: (_name, line) => {
      lines.push(line);
      for (const look of watchers) look();
    },
    observe: (event) => events.push(event),
  });
  onTestFinished(() => runner.close());
  return {
    clock,
    runner,
    lines,
    events,
    invoke: (event) => runner.invoke(probe, event),
    async logged(line, count = 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (lines.filter((one) => one === line).length >= count) resolve();
      };
      watchers.add(look);
      look();
      await promise;
    },
    seen: (type) =>
      events.filter((event): event is Extract<RunnerEvent, { type: typeof type }> => event.type === type),
  };
}
