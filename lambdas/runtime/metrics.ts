/**
 * Metrics as CloudWatch reads them out of a log line (its embedded metric format): numbers of a closed list of names
 * that an event carries, under a namespace of the environment. Nothing that names a person, a scan or an object can be
 * in one (ONE-6): a name is from the list, a value is a number, and the one dimension is the model's public name.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { LogEvent, LogFields } from './log.ts';

/** Every metric and its unit. Alarms and the dashboard name them from here. */
export const metricUnits = {
  TicketsIssued: 'Count',
  ScansEnded: 'Count',
  ScansCompleted: 'Count',
  ScansInconclusive: 'Count',
  ScansRejected: 'Count',
  ScansFailed: 'Count',
  ScansExpired: 'Count',
  /** From storage's event to the stored result. */
  ResultTime: 'Milliseconds',
  /** From storage's event to the deletion. */
  ImageLifetime: 'Milliseconds',
  SweepsFinished: 'Count',
  /** Of the objects that a sweep saw. */
  OldestImageAge: 'Milliseconds',
  /** Objects that the cleaner had to delete, because the analysis had not. */
  ImagesSwept: 'Count',
  /** Payments whose books have differed for more than 300 s. */
  PaymentsDrift: 'Count',
  /** Tries to handle an event of the payment service that failed. */
  PaymentEventsParked: 'Count',
  /** Runs over the erasures that were due. */
  ErasureRuns: 'Count',
  /** Erasures that should have been done by now. */
  ErasuresOverdue: 'Count',
  /** Runs after which the day's deletion of what is due was done. */
  RetentionsDone: 'Count',
  /** Items for which the policy names no reason, or no end. */
  KeptUnexplained: 'Count',
  /** People whom a run could not tell of a changed policy. */
  PolicyMailsFailed: 'Count',
  /** Codes that were refused, and codes that could not be sent or checked. */
  SignInsFailed: 'Count',
} as const satisfies Record<string, 'Count' | 'Milliseconds'>;
export type MetricName = keyof typeof metricUnits;

/** Where the metrics of a function go. */
export interface MetricsTarget {
  /** For example `onceover/production`. */
  readonly namespace: string;
  /** Name and version of the model, for what is compared between models. */
  readonly model?: string;
}

/** The metrics that are also kept for each model: a new one must not change how often it cannot tell. */
export const metricsByModel: ReadonlySet<MetricName> = new Set(['ScansEnded', 'ScansInconclusive']);

const namespacePattern = /^onceover\/[a-z][a-z0-9-]{1,15}$/;
const modelPattern = /^[a-z][a-z0-9-]{0,40} \d{1,4}\.\d{1,4}\.\d{1,4}$/;

/** The target that a deployment's variables name; none on the embedded cloud, where nobody collects metrics. */
export function metricsTarget(env: Readonly<Record<string, string | undefined>>): MetricsTarget | undefined {
  const { METRICS_NAMESPACE: namespace, METRICS_MODEL: model } = env;
  if (namespace === undefined || !namespacePattern.test(namespace)) return undefined;
  return model !== undefined && modelPattern.test(model) ? { namespace, model } : { namespace };
}

type Values = Partial<Record<MetricName, number>>;

/** What each event counts and measures; the others do neither. */
const valuesOf: Partial<Record<LogEvent, (fields: LogFields) => Values>> = {
  'ticket-issued': () => ({ TicketsIssued: 1 }),
  'image-deleted': ({ msFromUpload }) => present({ ImageLifetime: msFromUpload }),
  'scan-settled': ({ state, msToResult }) => ({
    ScansEnded: 1,
    ...(state === undefined ? {} : countOf[state]),
    ...present({ ResultTime: msToResult }),
  }),
  'sweep-finished': (fields) => ({ SweepsFinished: 1, ...sweptOf(fields) }),
  'sweep-incomplete': sweptOf,
  'payments-drift': ({ count }) => present({ PaymentsDrift: count }),
  'payment-event-parked': () => ({ PaymentEventsParked: 1 }),
  'erasures-run': () => ({ ErasureRuns: 1 }),
  'erasures-overdue': ({ count }) => present({ ErasuresOverdue: count }),
  'retention-run': ({ complete }) => ({ RetentionsDone: complete === true ? 1 : 0 }),
  'kept-unexplained': ({ count }) => present({ KeptUnexplained: count }),
  'policy-told': ({ failed }) => present({ PolicyMailsFailed: failed }),
  'sign-in-failed': () => ({ SignInsFailed: 1 }),
};

const countOf: Partial<Record<NonNullable<LogFields['state']>, Values>> = {
  completed: { ScansCompleted: 1 },
  inconclusive: { ScansInconclusive: 1 },
  rejected: { ScansRejected: 1 },
  failed: { ScansFailed: 1 },
  expired: { ScansExpired: 1 },
};

function sweptOf({ oldestAgeMs, deleted }: LogFields): Values {
  return present({ OldestImageAge: oldestAgeMs, ImagesSwept: deleted });
}

function present(values: Partial<Record<MetricName, number | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && Number.isFinite(value)),
  );
}

/** What is added to an event's line: the numbers by name, and the envelope that says what they are. */
export function metricAttributes(
  event: LogEvent,
  fields: LogFields,
  { namespace, model }: MetricsTarget,
  atMs: number,
) {
  const values = valuesOf[event]?.(fields) ?? {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of an object of metrics
  const names = Object.keys(values) as MetricName[];
  if (names.length === 0) return {};
  const described = (some: readonly MetricName[]) =>
    some.map((name) => ({ Name: name, Unit: metricUnits[name] }));
  const byModel = model === undefined ? [] : names.filter((name) => metricsByModel.has(name));
  return {
    ...values,
    ...(byModel.length === 0 ? {} : { model }),
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [
        { Namespace: namespace, Dimensions: [[]], Metrics: described(names) },
        ...(byModel.length === 0
          ? []
          : [{ Namespace: namespace, Dimensions: [['model']], Metrics: described(byModel) }]),
      ],
    },
  };
}
