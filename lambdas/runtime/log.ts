/**
 * The only way a function prints (ONE-6): events and fields of closed lists, on Powertools Logger. A field is a
 * number, a boolean or a word of its own list, checked by the types and again at run time, so that no id, key,
 * token, e-mail address, file name or message text can pass. Logging never throws: what is not allowed is
 * withheld and counted.
 */
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import { errorCodes } from '../../core/errors.ts';
import { erasureScopes } from '../../core/erasure.ts';
import { actKinds } from '../../core/evidence.ts';
import { failureReasons, inconclusiveReasons, rejectionReasons } from '../../core/outcome.ts';
import { paymentAnswers } from '../../core/apply-payment.ts';
import { differenceKinds } from '../../core/payment.ts';
import { scanStates } from '../../core/scan.ts';
import { staffActionNames } from '../../core/staff.ts';
import { describeError, type DescribedError } from './describe-error.ts';
import { metricAttributes, metricsTarget, type MetricsTarget } from './metrics.ts';

/** The functions of the product. */
export type FunctionName = 'analyze' | 'api' | 'bounces' | 'staff' | 'sweep' | 'upkeep';

/** Everything that can be said to have happened. Add an event here; its name is all the text it has. */
export const logEvents = [
  'request-finished',
  'request-refused',
  'request-failed',
  'ticket-issued',
  'ticket-replayed',
  'ticket-conflict',
  'image-deletion-deferred',
  'model-loaded',
  'event-received',
  'event-ignored',
  'event-invalid',
  'claim-taken',
  'claim-refused',
  'image-read',
  'analysis-failed',
  'image-deleted',
  'deletion-failed',
  'deletion-repeated',
  'scan-settled',
  'scan-not-settled',
  'sweep-finished',
  'sweep-incomplete',
  'sweep-deleted-objects',
  'sweep-settled-scans',
  'uploads-aborted',
  'dwell-not-counted',
  'code-requested',
  'session-begun',
  'sign-in-failed',
  'act-recorded',
  'work-stopped',
  'minor-reported',
  'mail-suppressed',
  'address-suppressed',
  'mail-failed',
  'checkout-opened',
  'payment-event-handled',
  'payment-event-parked',
  'payments-reconciled',
  'payments-drift',
  'policy-told',
  'upkeep-failed',
  'retention-run',
  'retention-left',
  'kept-unexplained',
  'erasure-requested',
  'erasure-passed',
  'erasure-left',
  'erasure-failed',
  'erasures-run',
  'erasures-overdue',
  'erasures-replayed',
  'unverified-removed',
  'staff-acted',
  'staff-refused',
  'staff-failed',
  'returns-failed',
] as const;
export type LogEvent = (typeof logEvents)[number];

/** Words that a field may hold. Add a word here, never a pattern. */
export const logWords = {
  /** Where a scan is, or how it ended. */
  state: scanStates,
  reason: [...new Set([...inconclusiveReasons, ...rejectionReasons, ...failureReasons])],
  code: errorCodes,
  /** What somebody of the staff asked for. */
  action: staffActionNames,
  /** What a person did to join. */
  act: actKinds,
  /** What became of a payment. */
  payment: paymentAnswers,
  /** What is erased. */
  scope: erasureScopes,
  /** How two books differ. */
  difference: differenceKinds,
  /** What an operation answered. */
  answer: [
    'settled',
    'already-terminal',
    'moved',
    'gone',
    'busy',
    'claimed',
    'claim',
    'delete-only',
    'leave',
    'changed',
    'too-long',
    'conflict',
  ],
  route: [
    'create-scan',
    'read-scan',
    'list-scans',
    'rename-scan',
    'delete-scan',
    'read-policy',
    'read-health',
    'read-status',
    'read-openapi',
    'request-code',
    'verify-code',
    'refresh-session',
    'list-sessions',
    'end-session',
    'end-current-session',
    'end-sessions',
    'read-me',
    'change-me',
    'affirm-adulthood',
    'accept-policy',
    'read-consents',
    'give-consent',
    'withdraw-consent',
    'send-message',
    'list-messages',
    'delete-message',
    'send-feedback',
    'list-feedback',
    'delete-feedback',
    'open-checkout',
    'read-checkout',
    'list-purchases',
    'read-receipt',
    'erase-me',
    'erase-history',
    'erase-messages',
    'read-erasure',
    'payment-event',
    'report-minor',
    'report-security',
    'read-security-txt',
    'read-export',
    'read-access-log',
    'count-use',
    'unknown',
  ],
} as const satisfies Record<string, readonly string[]>;

/** Fields that hold a finite number. */
export const logNumbers = [
  'ms',
  'decodeMs',
  'inferMs',
  'msFromUpload',
  'msToResult',
  'oldestAgeMs',
  'heartbeatAgeMs',
  'count',
  'listed',
  'deleted',
  'failed',
  'settled',
  'aborted',
  'status',
  'attempt',
  'payments',
  'purchases',
  'repaired',
] as const;

/** Fields that are true or false. */
export const logFlags = ['complete', 'verified', 'replayed'] as const;

/** What may stand beside an event. */
export type LogFields = {
  readonly [W in keyof typeof logWords]?: (typeof logWords)[W][number];
} & { readonly [N in (typeof logNumbers)[number]]?: number } & {
  readonly [F in (typeof logFlags)[number]]?: boolean;
} & {
  /** Random, made for one answer, so that a person can quote it; see `createReference`. */
  readonly reference?: string;
};

/** A function's log. */
export interface Log {
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  /** The error is printed as name, code and frames, never with its message. */
  error(event: LogEvent, error?: unknown, fields?: LogFields): void;
}

/** Four groups of four of Crockford's base 32: unlike every id, key and token of the product. */
export const referencePattern = /^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}$/;

/**
 * The log of one function. Level by POWERTOOLS_LOG_LEVEL or Lambda's own setting; `INFO` without. With a target for
 * metrics, lines of events that count or measure something carry the numbers as metrics too.
 */
export function createLog(
  functionName: FunctionName,
  target: MetricsTarget | undefined = metricsTarget(process.env),
): Log {
  const logger = new Logger({ serviceName: functionName, logFormatter: new ClosedFormatter(functionName) });
  const withMetrics = (event: LogEvent, fields: LogFields | undefined, error?: unknown): Entry => {
    const { entry: line } = entry(event, fields, error);
    if (target === undefined || !events.has(event)) return { entry: line };
    return { entry: { ...line, ...metricAttributes(event, printable(fields ?? {}), target, Date.now()) } };
  };
  return {
    info: (event, fields) => logger.info('', withMetrics(event, fields)),
    warn: (event, fields) => logger.warn('', withMetrics(event, fields)),
    error: (event, error, fields) => logger.error('', withMetrics(event, fields, error)),
  };
}

type Values = Record<string, string | number | boolean>;
/** What Powertools carries from a call to the formatter. */
type Entry = {
  readonly entry: Readonly<Record<string, string | number | boolean | DescribedError | object | undefined>>;
};

function entry(event: LogEvent, fields: LogFields | undefined, error?: unknown): Entry {
  return {
    entry: {
      event: nameOf(event),
      ...allowed(fields ?? {}),
      ...(error === undefined ? {} : { error: describeError(error) }),
    },
  };
}

/** Prints level, time, function and the checked entry; nothing that Powertools would add by itself. */
class ClosedFormatter extends LogFormatter {
  readonly #functionName: FunctionName;

  constructor(functionName: FunctionName) {
    super();
    this.#functionName = functionName;
  }

  override formatAttributes(
    base: Parameters<LogFormatter['formatAttributes']>[0],
    additional: Parameters<LogFormatter['formatAttributes']>[1],
  ): LogItem {
    const checked: unknown = additional['entry'];
    return new LogItem({
      attributes: {
        level: base.logLevel,
        timestamp: base.timestamp.toISOString(),
        function: this.#functionName,
        ...(typeof checked === 'object' ? checked : {}),
      },
    });
  }
}

const events: ReadonlySet<string> = new Set(logEvents);
const words: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(logWords).map(([field, list]) => [field, new Set<string>(list)]),
);
const numbers: ReadonlySet<string> = new Set(logNumbers);
const flags: ReadonlySet<string> = new Set(logFlags);

function nameOf(event: string): string {
  return events.has(event) ? event : 'withheld';
}

/** The fields that may be printed; the rest only as a count, since even a field's name could be data. */
function allowed(fields: LogFields): Values {
  const values: Values = {};
  let withheld = 0;
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (isAllowed(field, value)) values[field] = value;
    else withheld += 1;
  }
  return withheld === 0 ? values : { ...values, withheld };
}

/** Only the fields that may be printed: a metric shows no more than its line. */
function printable(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([field, value]) => isAllowed(field, value)));
}

function isAllowed(field: string, value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return numbers.has(field) && Number.isFinite(value);
  if (typeof value === 'boolean') return flags.has(field);
  if (typeof value !== 'string') return false;
  return field === 'reference' ? referencePattern.test(value) : words.get(field)?.has(value) === true;
}
