/**
 * Points the functions at the embedded services: bundles as for AWS, the variables that a deployment would set, an
 * access key a function. Nothing here is part of a deployment.
 */
import { availableParallelism } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { bundleFunction, type Bundle } from '../lib/bundle.ts';
import { functions, type FunctionDefinition, type FunctionName } from '../lib/functions.ts';
import type { VirtualClock } from './clock.ts';
import type { KeptMap } from './data/kept-map.ts';
import type { EmbeddedDynamoDb } from './dynamodb/server.ts';
import type { Gateway } from './gateway.ts';
import type { Issuer } from './issuer.ts';
import { sesPath } from './outbox.ts';
import { createPrincipals, derive, stripeSecrets } from './principals.ts';
import type { KeptEvent } from './runner/event-queue.ts';
import { startRunner, type Runner, type RunnerEvent } from './runner/runner.ts';
import { defaultRegion } from './runner/variables.ts';
import type { EmbeddedS3 } from './s3/server.ts';
import { staffRolePrefix, stsPath } from './sts.ts';
import type { StripeStandIn } from './stripe/server.ts';

export const bucket = 'onceover-local-uploads';
export const tablePrefix = 'onceover-local-';

export interface FunctionOptions {
  /** Replaces the policy's daily limit of tickets. */
  readonly dailyTicketLimit?: number;
  /** A folder of `models/`. Default: `skin-contrast` */
  readonly model?: string;
  /** What a model without an evaluation may do here. Default: `may-answer`, since nobody relies on it */
  readonly unevaluated?: 'may-answer' | 'must-not-answer';
  /** Milliseconds by which a function's clock is wrong; read again at each invocation. Default: 0 */
  readonly skewMs?: Partial<Record<FunctionName, number>>;
  /** Makes a function's bundle, for tests of broken builds. Default: as for a deployment */
  readonly bundle?: typeof bundleFunction;
  /** Takes each line that a function prints. */
  readonly log: (functionName: FunctionName, line: string) => void;
  /** Sees what happens to invocations as it happens. */
  readonly observeFunctions: (event: RunnerEvent) => void;
}

/** What the functions are pointed at. */
export interface Surroundings {
  readonly seed: string;
  readonly clock: VirtualClock;
  readonly gateway: Gateway;
  readonly storage: EmbeddedS3;
  readonly database: EmbeddedDynamoDb;
  readonly issuer: Issuer;
  readonly stripe: Pick<StripeStandIn, 'url'>;
  readonly events?: KeptMap<KeptEvent>;
}

const bundled = new Map<FunctionName, Promise<Bundle>>();

/** Sources do not change while a process runs: a second system in it, as tests start them, has the first one's bundles. */
function bundleOnce(definition: FunctionDefinition): Promise<Bundle> {
  const { name } = definition;
  const bundle = bundled.get(name) ?? bundleFunction(definition);
  bundled.set(name, bundle);
  return bundle;
}

/** Bundles each function and hands it the variables that a deployment would. */
export async function startFunctions(options: FunctionOptions, parts: Surroundings): Promise<Runner> {
  const principals = createPrincipals(parts.seed);
  const model = options.model ?? 'skin-contrast';
  const common = {
    AWS_REGION: defaultRegion,
    AWS_ENDPOINT_URL_S3: parts.storage.url,
    AWS_ENDPOINT_URL_DYNAMODB: parts.database.url,
    TABLE_PREFIX: tablePrefix,
    UPLOAD_BUCKET: bucket,
  };
  const mail = {
    IDENTITY_KEY: derive(parts.seed, 'identity'),
    MAIL_FROM: 'onceover <onceover@localhost>',
    AWS_ENDPOINT_URL_SESV2: `${parts.gateway.url}${sesPath}`,
  };
  const { secretKey, webhookSecret } = stripeSecrets(parts.seed);
  const stripe = { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: parts.stripe.url };
  const own: Record<FunctionName, Record<string, string>> = {
    analyze: {
      MODEL: model,
      UNEVALUATED_MODEL: options.unevaluated ?? 'may-answer',
      ORT_DISABLE_TELEMETRY: '1',
    },
    sweep: {},
    staff: {
      ...mail,
      ...stripe,
      STAFF_ROLE_PREFIX: staffRolePrefix,
      STS_URL: `${parts.gateway.url}${stsPath}`,
    },
    bounces: { IDENTITY_KEY: mail.IDENTITY_KEY },
    upkeep: { ...mail, ...stripe },
    api: {
      MODEL: model,
      ISSUER: parts.issuer.issuer,
      AUDIENCE: parts.issuer.audience,
      JWKS_URL: `${parts.gateway.url}${parts.issuer.jwksPath}`,
      REQUEST_HASH_KEY: derive(parts.seed, 'request hash'),
      SESSION_KEY: parts.issuer.signingKey,
      ...mail,
      ...stripe,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      APP_ORIGIN: parts.gateway.url,
      // The app's page of what was bought, wherever it is shown.
      CHECKOUT_SUCCESS_URL: `${parts.gateway.url}/account/purchases?checkout=paid`,
      CHECKOUT_CANCEL_URL: `${parts.gateway.url}/account/purchases?checkout=cancelled`,
      ...(options.dailyTicketLimit === undefined
        ? {}
        : { DAILY_TICKET_LIMIT: String(options.dailyTicketLimit) }),
    },
  };
  const bundles = await Promise.all(
    functions.map((definition) => (options.bundle ?? bundleOnce)(definition)),
  );
  return startRunner({
    clock: parts.clock,
    functions: functions.map(forThisMachine).map((definition, at) => {
      const principal = principals.get(definition.name);
      return {
        definition,
        dir: bundles[at]?.dir ?? '',
        environment: {
          ...common,
          AWS_ACCESS_KEY_ID: principal?.accessKeyId ?? '',
          AWS_SECRET_ACCESS_KEY: principal?.secretAccessKey ?? '',
          ...own[definition.name],
        },
        get skewMs() {
          return options.skewMs?.[definition.name] ?? 0;
        },
      };
    }),
    ...(parts.events === undefined ? {} : { kept: parts.events }),
    log: options.log,
    observe: options.observeFunctions,
  });
}

/**
 * Processes share this machine's cores, as Lambda's environments do not: more of them at once than it can carry would
 * only run into their time limits. Events that find no room wait, as throttled ones do, and requests at the front door.
 */
function forThisMachine(definition: FunctionDefinition): FunctionDefinition {
  const cores = availableParallelism();
  // Much of what the API does is waiting, so it gets more than one for each core.
  const room = { analyze: Math.max(2, cores), api: Math.max(8, 4 * cores) };
  if (definition.name !== 'analyze' && definition.name !== 'api') return definition;
  const reservedConcurrency = Math.min(definition.reservedConcurrency, room[definition.name]);
  return { ...definition, reservedConcurrency };
}

/** The database and storage as a test reaches them, past every function. */
export function clientsOutside(
  storageUrl: string,
  databaseUrl: string,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined,
) {
  const credentials = {
    accessKeyId: key?.accessKeyId ?? '',
    secretAccessKey: key?.secretAccessKey ?? '',
  };
  const shared = { region: defaultRegion, credentials, maxAttempts: 1 };
  return {
    documents: DynamoDBDocumentClient.from(new DynamoDBClient({ ...shared, endpoint: databaseUrl })),
    privileged: new S3Client({ ...shared, endpoint: storageUrl, forcePathStyle: true }),
  };
}
