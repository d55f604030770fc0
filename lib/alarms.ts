/**
 * Every alarm: what is measured, when it goes off, and its entry in docs/runbook.md. Data over CloudWatch's metrics; a
 * test ties each to its entry and back.
 */
import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { functions } from './functions.ts';
import type { Names } from './names.ts';
import type { Settings } from './settings.ts';

/** Metrics that the functions write (lambdas/runtime/metrics.ts); a test compares the two lists. */
export type ProductMetric =
  | 'TicketsIssued'
  | 'ScansEnded'
  | 'ScansCompleted'
  | 'ScansInconclusive'
  | 'ScansRejected'
  | 'ScansFailed'
  | 'ScansExpired'
  | 'ResultTime'
  | 'ImageLifetime'
  | 'SweepsFinished'
  | 'OldestImageAge'
  | 'ImagesSwept'
  | 'PaymentsDrift'
  | 'PaymentEventsParked'
  | 'ErasureRuns'
  | 'ErasuresOverdue'
  | 'RetentionsDone'
  | 'KeptUnexplained'
  | 'PolicyMailsFailed'
  | 'SignInsFailed';

/** What the alarms look at. */
export interface AlarmSources {
  readonly settings: Settings;
  readonly names: Names;
  readonly httpApiId: string;
  /** Name and version of the deployed model. */
  readonly model: string;
}

export interface AlarmDefinition {
  /** Heading of its entry in the runbook, and the end of its name. */
  readonly id: string;
  /** What is wrong when it goes off, in a sentence. */
  readonly meaning: string;
  /** The promise at stake. Default: none, the service is. */
  readonly promise?: string;
  readonly metric: IMetric;
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  /** Periods in a row. */
  readonly periods: number;
  readonly missing: TreatMissingData;
}

/** Where the functions' metrics are. */
export function metricsNamespace({ environment }: Pick<Settings, 'environment'>): string {
  return `onceover/${environment}`;
}

/** A metric of the product's own. */
export function productMetric(
  settings: Settings,
  metricName: ProductMetric,
  statistic: string,
  { periodMinutes = 5, model }: { readonly periodMinutes?: number; readonly model?: string } = {},
): Metric {
  return new Metric({
    namespace: metricsNamespace(settings),
    metricName,
    statistic,
    period: Duration.minutes(periodMinutes),
    ...(model === undefined ? {} : { dimensionsMap: { model } }),
  });
}

const over = ComparisonOperator.GREATER_THAN_THRESHOLD;
const under = ComparisonOperator.LESS_THAN_THRESHOLD;
const quiet = TreatMissingData.NOT_BREACHING;

/** The alarms of an environment. */
export function alarmsOf(sources: AlarmSources): readonly AlarmDefinition[] {
  return [
    ...imageAlarms(sources),
    ...scanAlarms(sources),
    ...moneyAlarms(sources),
    ...erasureAlarms(sources),
    ...retentionAlarms(sources),
    ...policyAlarms(sources),
    ...serviceAlarms(sources),
  ];
}

function imageAlarms({ settings, names }: AlarmSources): readonly AlarmDefinition[] {
  const everyMinute = { periodMinutes: 1 };
  return [
    {
      id: 'images-swept',
      meaning: 'The cleaner had to delete a photo that the analysis had not: its trigger may be dead.',
      promise: 'CAL-1',
      metric: productMetric(settings, 'ImagesSwept', Stats.SUM, everyMinute),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'oldest-image',
      meaning: 'A photo is older than 260 s; the promise is 300 s.',
      promise: 'ONE-1',
      metric: productMetric(settings, 'OldestImageAge', Stats.MAXIMUM, everyMinute),
      comparison: over,
      threshold: 260_000,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'heartbeat-missing',
      meaning: 'No sweep reached its end for three minutes; no upload is admitted until one does.',
      promise: 'ONE-5',
      metric: productMetric(settings, 'SweepsFinished', Stats.SUM, everyMinute),
      comparison: under,
      threshold: 1,
      periods: 3,
      missing: TreatMissingData.BREACHING,
    },
    {
      id: 'analysis-errors',
      meaning: 'The analysis failed loudly: a deletion was not confirmed, or the database did not answer.',
      promise: 'CAL-1',
      metric: lambdaMetric(names.functionName('analyze'), 'Errors'),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'events-dropped',
      meaning: 'Storage’s events were dropped unhandled: photos wait for the cleaner.',
      promise: 'ONE-2',
      metric: lambdaMetric(names.functionName('analyze'), 'AsyncEventsDropped'),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
  ];
}

function scanAlarms({ settings, model }: AlarmSources): readonly AlarmDefinition[] {
  const sum = (name: ProductMetric, periodMinutes: number, ofModel?: string): Metric =>
    productMetric(settings, name, Stats.SUM, {
      periodMinutes,
      ...(ofModel === undefined ? {} : { model: ofModel }),
    });
  const { from, to } = settings.inconclusivePercent;
  return [
    {
      id: 'scans-failed',
      meaning: 'More than one scan in a hundred ended as failed within a quarter of an hour.',
      metric: new MathExpression({
        expression: 'IF(ended > 0, 100 * FILL(failed, 0) / ended, 0)',
        usingMetrics: { ended: sum('ScansEnded', 15), failed: sum('ScansFailed', 15) },
        label: 'failed, %',
        period: Duration.minutes(15),
      }),
      comparison: over,
      threshold: 1,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'inconclusive-rate',
      meaning: `The model ${model} answers "cannot tell" outside of ${from} to ${to} % of the scans of an hour.`,
      metric: new MathExpression({
        // Below 50 scans an hour a rate says little.
        expression: `IF(ended >= 50, IF(100 * FILL(unclear, 0) / ended < ${from} OR 100 * FILL(unclear, 0) / ended > ${to}, 1, 0), 0)`,
        usingMetrics: {
          ended: sum('ScansEnded', 60, model),
          unclear: sum('ScansInconclusive', 60, model),
        },
        label: 'moved',
        period: Duration.minutes(60),
      }),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'results-slow',
      meaning: 'One result in twenty takes more than 8 s from upload to result.',
      metric: productMetric(settings, 'ResultTime', Stats.percentile(95)),
      comparison: over,
      threshold: 8_000,
      periods: 3,
      missing: quiet,
    },
  ];
}

function moneyAlarms({ settings }: AlarmSources): readonly AlarmDefinition[] {
  return [
    {
      id: 'payments-drift',
      meaning: 'Payments, purchases or counted scans have differed for more than 300 s.',
      promise: 'ONE-3',
      metric: productMetric(settings, 'PaymentsDrift', Stats.SUM),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'payment-events-parked',
      meaning: 'Events of the payment service could not be handled three times within a quarter of an hour.',
      promise: 'CAL-8',
      metric: productMetric(settings, 'PaymentEventsParked', Stats.SUM, { periodMinutes: 15 }),
      comparison: over,
      threshold: 2,
      periods: 1,
      missing: quiet,
    },
  ];
}

function erasureAlarms({ settings }: AlarmSources): readonly AlarmDefinition[] {
  return [
    {
      id: 'erasures-overdue',
      meaning: 'Something that a person had erased an hour ago is not proved to be gone.',
      promise: 'CAL-6',
      metric: productMetric(settings, 'ErasuresOverdue', Stats.MAXIMUM),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'erasures-stopped',
      meaning: 'For a quarter of an hour nothing went on with what people had erased.',
      promise: 'CAL-6',
      metric: productMetric(settings, 'ErasureRuns', Stats.SUM),
      comparison: under,
      threshold: 1,
      periods: 3,
      missing: TreatMissingData.BREACHING,
    },
  ];
}

function retentionAlarms({ settings }: AlarmSources): readonly AlarmDefinition[] {
  return [
    {
      id: 'retention-left',
      meaning: 'For six hours no run found that everything whose time is over had been deleted.',
      promise: 'CAL-6',
      metric: productMetric(settings, 'RetentionsDone', Stats.SUM, { periodMinutes: 60 }),
      comparison: under,
      threshold: 1,
      periods: 6,
      missing: TreatMissingData.BREACHING,
    },
    {
      id: 'kept-unexplained',
      meaning: 'Something is stored for which the policy names no reason, or no end.',
      promise: 'CAL-6',
      metric: productMetric(settings, 'KeptUnexplained', Stats.MAXIMUM),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
  ];
}

function policyAlarms({ settings }: AlarmSources): readonly AlarmDefinition[] {
  return [
    {
      id: 'policy-mail-failing',
      meaning: 'On two days in a row mail about a changed policy could not be sent to somebody.',
      promise: 'CAL-16',
      metric: productMetric(settings, 'PolicyMailsFailed', Stats.SUM, { periodMinutes: 24 * 60 }),
      comparison: over,
      threshold: 0,
      // The night after a hiccup makes up for it.
      periods: 2,
      missing: quiet,
    },
  ];
}

function serviceAlarms({ settings, names, httpApiId }: AlarmSources): readonly AlarmDefinition[] {
  return [
    {
      id: 'throttled',
      meaning: 'Lambda had no room for an invocation: concurrency is used up.',
      promise: 'ONE-1',
      metric: new MathExpression({
        expression: 'SUM(METRICS())',
        usingMetrics: Object.fromEntries(
          functions.map(({ name }) => [name, lambdaMetric(names.functionName(name), 'Throttles')]),
        ),
        label: 'throttled invocations',
        period: Duration.minutes(5),
      }),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'upkeep-errors',
      meaning: 'A task of the upkeep ended with an error, or ran out of time.',
      metric: lambdaMetric(names.functionName('upkeep'), 'Errors'),
      comparison: over,
      threshold: 0,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'api-errors',
      meaning: 'The API answered with its own errors (5xx) six times or more within five minutes.',
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        statistic: Stats.SUM,
        period: Duration.minutes(5),
        dimensionsMap: { ApiId: httpApiId },
      }),
      comparison: over,
      threshold: 5,
      periods: 1,
      missing: quiet,
    },
    {
      id: 'sign-in-failures',
      meaning:
        'More than 50 sign-ins failed within five minutes: mail is not taken, or somebody guesses codes.',
      promise: 'CAL-5',
      metric: productMetric(settings, 'SignInsFailed', Stats.SUM),
      comparison: over,
      threshold: 50,
      periods: 1,
      missing: quiet,
    },
  ];
}

/** A metric of Lambda's own. */
export function lambdaMetric(
  FunctionName: string,
  metricName: string,
  statistic: string = Stats.SUM,
): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    statistic,
    period: Duration.minutes(5),
    dimensionsMap: { FunctionName },
  });
}
