/**
 * What an environment costs, computed from its settings, the price table and what one scan asks for. Pure. Without free
 * tiers, data transfer to people and taxes; docs/costs.md is written from it.
 */
import { tables } from '../core/tables.ts';
import { functions, upkeepFunction } from './functions.ts';
import { prices } from './prices.ts';
import type { Settings } from './settings.ts';

/** One line of a bill, US dollars. */
export interface CostLine {
  readonly what: string;
  /** How the amount comes about. */
  readonly how: string;
  readonly dollars: number;
}

/**
 * What one completed scan asks for. Run times are generous against the measured ones (docs/architecture.md, `npm run
 * bench`: 65 to 80 ms of CPU for a warm scan), requests and items are counted from the code.
 */
export const usagePerScan = {
  analyzeMs: 250,
  /** A ticket, and a wait for the result that lasts while the photo is looked at. */
  apiRequests: 2,
  apiMs: 1_500,
  /** Upload; the deletion is free. */
  s3Puts: 1,
  /** Reading once, and asking whether it is gone. */
  s3Gets: 2,
  /**
   * Ticket: six items of a transaction at two each, and the scan in two indexes. Claim: the scan and its history index.
   * Settlement: two items at two each, and two indexes. The day's counter: one.
   */
  dynamoWrites: 12 + 2 + 2 + 4 + 2 + 1,
  /** Ticket: account, day, retry, consents, purchases. Analysis: one. Waiting for the result: three. */
  dynamoReads: 9,
  logKb: 4,
  /** To a person: the app's files are kept on the device, so most of it is answers. */
  appKb: 20,
} as const;

const minutesAMonth = 43_800;
/** A run of upkeep that finds nothing to do. */
const upkeepMs = 300;
const sweepMs = 400;
/** Listing objects and multipart uploads, at the price of a PUT. */
const listsPerSweep = 2;
/** Eight shards of open scans, heartbeat and sight written. */
const sweepReads = 8;
const sweepWrites = 2;
/** Metrics of lambdas/runtime/metrics.ts; two of them also by model. */
export const customMetrics = 22;
/** Each alarm's, those in an expression included: throttles of every function among them. */
export const metricsInAlarms = 20 + functions.length;

function lambdaDollars(
  { architecture, memoryMb }: Settings,
  name: (typeof functions)[number]['name'],
  ms: number,
): number {
  return (memoryMb[name] / 1024) * (ms / 1000) * prices.lambdaGbSecond[architecture];
}

/** What a million completed scans add. */
export function costsPerMillionScans(settings: Settings): readonly CostLine[] {
  const use = usagePerScan;
  const million = (dollars: number): number => dollars * 1_000_000;
  return [
    {
      what: 'Lambda, analysis',
      how: `${use.analyzeMs} ms at ${settings.memoryMb.analyze} MB`,
      dollars: million(lambdaDollars(settings, 'analyze', use.analyzeMs) + prices.lambdaRequest),
    },
    {
      what: 'Lambda, API',
      how: `${use.apiRequests} requests, ${use.apiMs} ms together at ${settings.memoryMb.api} MB`,
      dollars: million(lambdaDollars(settings, 'api', use.apiMs) + use.apiRequests * prices.lambdaRequest),
    },
    {
      what: 'API Gateway',
      how: `${use.apiRequests} requests`,
      dollars: million(use.apiRequests * prices.httpApiRequest),
    },
    ...(settings.domain === undefined
      ? []
      : [
          {
            what: 'Distribution',
            how: `${use.apiRequests} requests with a function each; ${use.appKb} KB of the app and its answers`,
            dollars: million(
              use.apiRequests * (prices.cloudFrontRequest + prices.cloudFrontFunction) +
                (use.appKb / 1024 / 1024) * prices.cloudFrontGb,
            ),
          },
        ]),
    {
      what: 'DynamoDB',
      how: `${use.dynamoWrites} writes, ${use.dynamoReads} strong reads`,
      dollars: million(use.dynamoWrites * prices.dynamoWrite + use.dynamoReads * prices.dynamoRead),
    },
    {
      what: 'S3',
      how: `${use.s3Puts} upload, ${use.s3Gets} reads`,
      dollars: million(use.s3Puts * prices.s3Put + use.s3Gets * prices.s3Get),
    },
    {
      what: 'CloudWatch Logs',
      how: `${use.logKb} KB`,
      dollars: million((use.logKb / 1024 / 1024) * prices.logIngestGb),
    },
  ];
}

/** What a month costs in which nobody sends a photo. */
export function costsIdle(settings: Settings): readonly CostLine[] {
  const { ownTableKeys, emulatorSwitches, domain, issuer, stripe } = settings;
  const classes = new Set(tables.map(({ dataClass }) => dataClass)).size;
  const keys = 1 + (ownTableKeys ? classes : 0);
  // Keys of request hashes and of address hashes; what the distribution shares with the API; the two of Stripe.
  const secrets = 2 + (domain === undefined ? 0 : 1) + (stripe === undefined ? 0 : 2);
  const upkeepRuns = (upkeepFunction.tasks ?? []).reduce(
    (sum, { everyMs }) => sum + Math.round((minutesAMonth * 60_000) / everyMs),
    0,
  );
  const watched = !emulatorSwitches.includes('without-alarms');
  return [
    {
      what: 'The cleaner, every minute',
      how: `${minutesAMonth} runs of ${sweepMs} ms, with ${listsPerSweep} listings, ${sweepReads} reads and ${sweepWrites} writes each`,
      dollars:
        minutesAMonth *
        (lambdaDollars(settings, 'sweep', sweepMs) +
          prices.lambdaRequest +
          listsPerSweep * prices.s3Put +
          sweepReads * prices.dynamoRead +
          sweepWrites * prices.dynamoWrite),
    },
    {
      what: 'Upkeep, its tasks on time',
      how: `${upkeepRuns} runs of ${upkeepMs} ms that find nothing, with a read each`,
      dollars:
        upkeepRuns * (lambdaDollars(settings, 'upkeep', upkeepMs) + prices.lambdaRequest + prices.dynamoRead),
    },
    {
      what: 'Schedule',
      how: `${minutesAMonth + upkeepRuns} calls`,
      dollars: (minutesAMonth + upkeepRuns) * prices.schedulerCall,
    },
    {
      what: 'Keys of ours',
      how: ownTableKeys ? `uploads and ${classes} data classes` : 'uploads; the tables use DynamoDB’s own',
      dollars: keys * prices.kmsKeyMonth,
    },
    { what: 'Secrets', how: `${secrets}`, dollars: secrets * prices.secretMonth },
    {
      what: 'Metrics, alarms, dashboard',
      how: watched ? `${customMetrics} metrics, ${metricsInAlarms} metrics in alarms, one dashboard` : 'none',
      dollars: watched
        ? customMetrics * prices.customMetricMonth +
          metricsInAlarms * prices.alarmMonth +
          prices.dashboardMonth
        : 0,
    },
    {
      what: 'Network, tables, bucket, other functions, API',
      how: 'nothing while nothing runs: gateway endpoints are free, all else is on demand',
      dollars: 0,
    },
    ...(issuer.kind === 'cognito'
      ? [
          {
            what: 'Sign-in',
            how: `nothing while nobody signs in; then ${prices.cognitoActiveUserMonth} a person and month`,
            dollars: 0,
          },
        ]
      : []),
  ];
}

/** The sum of a bill. */
export function total(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

/** Cents, from a dollar on no more than that. */
export function money(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}

/** docs/costs.md. */
export function renderCosts(environments: Readonly<Record<string, Settings>>): string {
  const sections = Object.entries(environments).map(([name, settings]) =>
    [
      `## ${name}\n`,
      `${settings.architecture}, ${settings.ownTableKeys ? 'keys of ours' : 'AWS’s own keys'}.\n`,
      table('A month in which nobody sends a photo', costsIdle(settings)),
      table('A million completed scans', costsPerMillionScans(settings)),
    ].join('\n'),
  );
  return `# Costs

Computed by lib/costs.ts from the settings of each environment, from what one scan asks for (counted in the code, run
times rounded up from measurements) and from the price table lib/prices.ts, as of ${prices.asOf} for ${prices.region}. In
US dollars, without free tiers, taxes, mail, and payments. A test compares this page with the
code; \`npm run generate\` writes it.

${sections.join('\n')}
## Prices

As of ${prices.asOf}, to be checked at:

${prices.sources.map((source) => `- ${source}`).join('\n')}
`;
}

function table(title: string, lines: readonly CostLine[]): string {
  const rows = lines.map(({ what, how, dollars }) => `| ${what} | ${how} | ${money(dollars)} |`);
  return `| ${title} | How | US$ |\n| --- | --- | ---: |\n${rows.join('\n')}\n| **Together** | | **${money(total(lines))}** |\n`;
}
