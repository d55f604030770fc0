import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, type LogFields } from '../../../lambdas/runtime/log.ts';
import { metricsTarget, metricUnits } from '../../../lambdas/runtime/metrics.ts';

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

const target = { namespace: 'onceover/test', model: 'skin-contrast 0.1.0' };

/** The one line printed by a log with metrics. */
function lineOf(tell: (log: ReturnType<typeof createLog>) => void): unknown {
  tell(createLog('analyze', target));
  expect(printed).toHaveLength(1);
  return JSON.parse(printed.join(''));
}

describe('a line with metrics', () => {
  it('carries the numbers by name, and an envelope that describes each of them', () => {
    const line = lineOf((log) => log.info('scan-settled', { state: 'failed', msToResult: 1200 }));
    const described = (...names: (keyof typeof metricUnits)[]) =>
      names.map((Name) => ({ Name, Unit: metricUnits[Name] }));
    expect(line).toMatchObject({
      event: 'scan-settled',
      ScansEnded: 1,
      ScansFailed: 1,
      ResultTime: 1200,
      model: 'skin-contrast 0.1.0',
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'onceover/test',
            Dimensions: [[]],
            Metrics: described('ScansEnded', 'ScansFailed', 'ResultTime'),
          },
          { Namespace: 'onceover/test', Dimensions: [['model']], Metrics: described('ScansEnded') },
        ],
      },
    });
  });

  it('counts a sweep, and what it had to delete', () => {
    const report = { listed: 2, deleted: 1, failed: 0, oldestAgeMs: 130_000, complete: true };
    expect(lineOf((log) => log.info('sweep-finished', report))).toMatchObject({
      SweepsFinished: 1,
      ImagesSwept: 1,
      OldestImageAge: 130_000,
    });
  });

  it('counts books that differ, and each event that could not be handled', () => {
    const drift = lineOf((log) =>
      log.error('payments-drift', undefined, { difference: 'missing', count: 3 }),
    );
    expect(drift).toMatchObject({ PaymentsDrift: 3 });
    printed = [];
    const parked = lineOf((log) => log.error('payment-event-parked', new Error('any')));
    expect(parked).toMatchObject({ PaymentEventsParked: 1 });
  });

  it('counts a run of retention only when the day’s is done, and what nothing explains', () => {
    const run = (complete: boolean) => {
      printed = [];
      return lineOf((log) => log.info('retention-run', { count: 3, deleted: 1, complete }));
    };
    expect(run(true)).toMatchObject({ RetentionsDone: 1 });
    expect(run(false)).toMatchObject({ RetentionsDone: 0 });
    printed = [];
    const unexplained = lineOf((log) => log.error('kept-unexplained', undefined, { count: 2 }));
    expect(unexplained).toMatchObject({ KeptUnexplained: 2 });
  });

  it('counts people who could not be told of a changed policy', () => {
    const line = lineOf((log) => log.info('policy-told', { count: 7, failed: 2, complete: true }));
    expect(line).toMatchObject({ PolicyMailsFailed: 2 });
  });

  it('counts sign-ins that failed', () => {
    expect(lineOf((log) => log.info('sign-in-failed'))).toMatchObject({ SignInsFailed: 1 });
  });

  it('of a sweep that broke off is no heartbeat', () => {
    const line = lineOf((log) => log.error('sweep-incomplete', undefined, { oldestAgeMs: 1, deleted: 0 }));
    expect(line).not.toHaveProperty('SweepsFinished');
    expect(line).toMatchObject({ OldestImageAge: 1, ImagesSwept: 0 });
  });

  it.each([
    ['a text for a number', { state: 'completed', msToResult: 'A'.repeat(22) }],
    ['a state that is an id', { state: 'A'.repeat(22) }],
  ])('rejects %s: nothing that the log withholds is in a metric (ONE-6)', (_what, fields) => {
    // Every field is optional, so that any record has the type.
    const untyped: LogFields = fields as Record<string, unknown>;
    lineOf((log) => log.info('scan-settled', untyped));
    expect(printed.join('')).not.toContain('AAAA');
  });
});

describe('the target of metrics', () => {
  it('is what the deployment’s variables name', () => {
    expect(
      metricsTarget({ METRICS_NAMESPACE: 'onceover/test', METRICS_MODEL: 'skin-contrast 0.1.0' }),
    ).toEqual(target);
    expect(metricsTarget({ METRICS_NAMESPACE: 'onceover/test', METRICS_MODEL: 'somebody@example' })).toEqual({
      namespace: 'onceover/test',
    });
  });

  it('is none without them: on the embedded cloud a line is a line', () => {
    expect(metricsTarget({})).toBeUndefined();
    createLog('sweep').info('sweep-finished', { deleted: 0, oldestAgeMs: 0 });
    expect(printed.join('')).not.toContain('_aws');
  });
});
