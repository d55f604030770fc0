/**
 * The product run from its packages alone: each function a child process with an emptied environment, in a folder
 * outside the repository, against embedded storage and database that note what each of them asks for.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableNames, tables, type TableNames } from '../../core/tables.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import type { Packages } from '../../lib/package.ts';
import { createVirtualClock } from '../../local/clock.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { createFunctionRoute } from '../../local/function-route.ts';
import { startGateway } from '../../local/gateway.ts';
import { createIssuer } from '../../local/issuer.ts';
import { createOutbox, sesPath, type Outbox } from '../../local/outbox.ts';
import { createPrincipals, stripeSecrets } from '../../local/principals.ts';
import { startRunner, type Runner } from '../../local/runner/runner.ts';
import { startS3 } from '../../local/s3/server.ts';
import { createStsRoutes, staffRolePrefix, stsPath } from '../../local/sts.ts';
import { startStripe, type StripeStandIn } from '../../local/stripe/server.ts';
import { createStage } from '../scenario/stage.ts';

const bucket = 'packaged-uploads';
const tablePrefix = 'packaged-';
const region = 'us-east-1';

export interface PackagedCloud extends ReturnType<typeof createStage> {
  readonly apiUrl: string;
  readonly outbox: Outbox;
  readonly stripe: StripeStandIn;
  /** The database past every function. */
  readonly documents: DynamoDBDocumentClient;
  readonly names: TableNames;
  /** Runs the upkeep, which must go well; answers its report. */
  upkeep(): Promise<unknown>;
  /** `FUNCTION ACTION TABLE`, of every access to the database by a function. */
  readonly accesses: ReadonlySet<string>;
  readonly printed: readonly string[];
  /** What is in the bucket. */
  objects(): readonly unknown[];
  sweep(): Promise<void>;
  /** Invokes a function; throws when it fails. */
  readonly invoke: (name: FunctionName, event: unknown) => Promise<void>;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts everything and sweeps once, so that uploads are admitted. */
export async function startPackagedCloud(packages: Packages): Promise<PackagedCloud> {
  const clock = createVirtualClock();
  const now = (): number => clock.now();
  const principals = createPrincipals('packaged');
  const nameOfKey = new Map([...principals.values()].map(({ accessKeyId, name }) => [accessKeyId, name]));
  const accesses = new Set<string>();
  const printed: string[] = [];
  const ready = Promise.withResolvers<Runner>();
  const issuer = await createIssuer({ now, accountId: 'nobody' });
  const outbox = createOutbox({ now });
  const gateway = await startGateway({
    clock,
    invoke: async (event) => (await ready.promise).invoke('api', event),
    routes: [
      ...issuer.routes,
      ...outbox.routes,
      ...createStsRoutes({ seed: 'packaged', now }),
      createFunctionRoute('/local/staff', async (event) => (await ready.promise).invoke('staff', event)),
    ],
  });
  const storage = await startS3({
    bucket,
    now,
    principals: [...principals.values()],
    cors: { origins: [], methods: [], headers: [] },
    maxSignatureAgeMs: 60_000,
    notify: (event) => void ready.promise.then((runner) => runner.invokeAsync('analyze', event)),
  });
  const database = await startDynamoDb({
    tables,
    tablePrefix,
    now,
    observe({ accessKeyId, action, table }) {
      const name = nameOfKey.get(accessKeyId);
      if (name !== undefined) accesses.add(`${name} ${action} ${table}`);
    },
  });
  const mail = {
    IDENTITY_KEY: 'b'.repeat(64),
    MAIL_FROM: 'onceover@localhost',
    AWS_ENDPOINT_URL_SESV2: `${gateway.url}${sesPath}`,
  };
  const secrets = stripeSecrets('packaged');
  const stripe = await startStripe({
    clock,
    ...secrets,
    webhookUrl: `${gateway.url}/v1/webhooks/stripe`,
  });
  const money = { STRIPE_SECRET_KEY: secrets.secretKey, STRIPE_API_URL: stripe.url };
  const own: Record<FunctionName, Record<string, string>> = {
    analyze: { MODEL: 'colour-contrast', UNEVALUATED_MODEL: 'may-answer', VCPUS: '1' },
    sweep: {},
    upkeep: { ...mail, ...money },
    staff: {
      ...mail,
      ...money,
      STAFF_ROLE_PREFIX: staffRolePrefix,
      STS_URL: `${gateway.url}${stsPath}`,
    },
    bounces: mail,
    api: {
      MODEL: 'colour-contrast',
      ISSUER: issuer.issuer,
      AUDIENCE: issuer.audience,
      JWKS_URL: `${gateway.url}${issuer.jwksPath}`,
      REQUEST_HASH_KEY: 'a'.repeat(64),
      SESSION_KEY: issuer.signingKey,
      ...mail,
      ...money,
      STRIPE_WEBHOOK_SECRET: secrets.webhookSecret,
      CHECKOUT_SUCCESS_URL: `${gateway.url}/paid`,
      CHECKOUT_CANCEL_URL: `${gateway.url}/cancelled`,
    },
  };
  const runner = await startRunner({
    clock,
    log: (_name, line) => void printed.push(line),
    functions: functions.map((definition) => ({
      definition,
      dir: packages[definition.name],
      environment: {
        AWS_REGION: region,
        AWS_ENDPOINT_URL_S3: storage.url,
        AWS_ENDPOINT_URL_DYNAMODB: database.url,
        AWS_ACCESS_KEY_ID: principals.get(definition.name)?.accessKeyId ?? '',
        AWS_SECRET_ACCESS_KEY: principals.get(definition.name)?.secretAccessKey ?? '',
        TABLE_PREFIX: tablePrefix,
        UPLOAD_BUCKET: bucket,
        ...own[definition.name],
      },
    })),
  });
  ready.resolve(runner);
  // Not a function's key: what the test itself asks for is not noted.
  const credentials = { accessKeyId: 'outside', secretAccessKey: 'outside' };
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region, credentials, endpoint: database.url }),
  );
  const invoke = async (name: FunctionName, event: unknown): Promise<void> => {
    const result = await runner.invoke(name, event);
    if ('error' in result) throw new Error(`${name} failed: ${printed.join('\n')}`);
  };
  const sweep = (): Promise<void> => invoke('sweep', {});
  await sweep();
  return {
    ...createStage({ apiUrl: gateway.url, documents, names: tableNames(tablePrefix), issuer, now }),
    apiUrl: gateway.url,
    outbox,
    stripe,
    documents,
    names: tableNames(tablePrefix),
    async upkeep() {
      const result = await runner.invoke('upkeep', {});
      if ('error' in result) throw new Error(`the upkeep failed: ${printed.join('\n')}`);
      return result.payload;
    },
    accesses,
    printed,
    objects: () => storage.objects(),
    sweep,
    invoke,
    idle: () => runner.idle(),
    async close() {
      documents.destroy();
      await runner.close();
      await gateway.close();
      await database.close();
      await storage.close();
      await stripe.close();
    },
  };
}
