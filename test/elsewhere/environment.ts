/**
 * One environment of the product in another cloud: tables, bucket with its notifications, the three functions as
 * Lambda functions, all under names of its own, and removed again. HTTP comes in through the embedded gateway,
 * whose issuer signs the tokens; everything behind it is the other cloud's.
 *
 * It must not be used to judge rights: functions run with whatever the emulator gives them.
 */
import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableNames, type TableNames } from '../../core/tables.ts';
import { functions, type FunctionName } from '../../lib/functions.ts';
import { createVirtualClock } from '../../local/clock.ts';
import { startGateway } from '../../local/gateway.ts';
import { createIssuer, type Issuer } from '../../local/issuer.ts';
import { archiveFunction } from './function-archive.ts';
import { createLambdaService, type Invoked, type LambdaService } from './lambda-service.ts';
import { credentials, region } from './endpoint.ts';
import { createTables, removeTables } from './tables.ts';

/** Stores of an environment, without functions. */
export interface StoresElsewhere {
  readonly prefix: string;
  readonly bucket: string;
  readonly names: TableNames;
  readonly documents: DynamoDBDocumentClient;
  readonly s3: S3Client;
  /** Keys in the bucket, in storage's order. */
  readonly keys: () => Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Stores with the functions that work on them. */
export interface EnvironmentElsewhere extends StoresElsewhere {
  readonly apiUrl: string;
  readonly issuer: Pick<Issuer, 'issueToken'>;
  invoke(name: FunctionName, event: unknown): Promise<Invoked>;
}

/** Stores that are there already; `close` ends the connections and removes nothing. */
export function connectStores(
  endpoint: string,
  { prefix, bucket }: { readonly prefix: string; readonly bucket: string },
): StoresElsewhere & { readonly dynamo: DynamoDBClient } {
  const shared = { endpoint, region, credentials, maxAttempts: 2 };
  const dynamo = new DynamoDBClient({
    ...shared,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
  });
  const s3 = new S3Client({
    ...shared,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
  });
  return {
    prefix,
    bucket,
    names: tableNames(prefix),
    documents: DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } }),
    dynamo,
    s3,
    async keys() {
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    },
    async close() {
      s3.destroy();
      dynamo.destroy();
    },
  };
}

/** Creates tables and a bucket under names that nobody has. */
export async function createStores(endpoint: string): Promise<StoresElsewhere> {
  const id = randomBytes(5).toString('hex');
  const stores = connectStores(endpoint, { prefix: `onceover-${id}-`, bucket: `onceover-${id}-uploads` });
  const { dynamo, s3, prefix, bucket, keys } = stores;
  await createTables(dynamo, prefix);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    ...stores,
    async close() {
      for (const Key of await keys()) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
      await removeTables(dynamo, prefix);
      await stores.close();
    },
  };
}

/** Creates the stores, deploys the functions, wires the trigger and sweeps once, so that uploads are admitted. */
export async function createEnvironment(endpoint: string): Promise<EnvironmentElsewhere> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const stores = await createStores(endpoint);
    closers.push(() => stores.close());
    const lambda = createLambdaService(endpoint);
    const clock = createVirtualClock();
    const issuer = await createIssuer({ now: () => clock.now(), accountId: 'nobody' });
    const nameOf = (name: FunctionName): string => `${stores.prefix}${name}`;
    const gateway = await startGateway({
      clock,
      invoke: async (event) => {
        const answer = await lambda.invoke(nameOf('api'), event);
        if ('payload' in answer) return answer;
        return { error: { kind: 'function', errorType: 'Error', errorMessage: 'the function failed' } };
      },
      routes: issuer.routes,
    });
    closers.push(() => gateway.close());
    const jwksUrl = `${gateway.url}${issuer.jwksPath}`;
    await deployFunctions(lambda, stores, { issuer, jwksUrl, nameOf, closers });
    const swept = await lambda.invoke(nameOf('sweep'), {});
    if ('failed' in swept) throw new Error(`the first sweep failed: ${JSON.stringify(swept.failed)}`);
    return {
      ...stores,
      apiUrl: gateway.url,
      issuer,
      invoke: (name, event) => lambda.invoke(nameOf(name), event),
      close: () => closeAll(closers),
    };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

interface Wiring {
  readonly issuer: Issuer;
  readonly jwksUrl: string;
  readonly nameOf: (name: FunctionName) => string;
  /** Takes what removes each function again. */
  readonly closers: (() => Promise<void>)[];
}

async function deployFunctions(
  lambda: LambdaService,
  { prefix, bucket, s3 }: StoresElsewhere,
  { issuer, jwksUrl, nameOf, closers }: Wiring,
): Promise<void> {
  const mail = {
    IDENTITY_KEY: 'b'.repeat(64),
    MAIL_FROM: 'onceover@localhost',
  };
  const own: Record<FunctionName, Record<string, string>> = {
    analyze: { MODEL: 'colour-contrast', UNEVALUATED_MODEL: 'may-answer' },
    sweep: {},
    staff: mail,
    bounces: mail,
    // Nothing is sold there.
    upkeep: mail,
    api: {
      MODEL: 'colour-contrast',
      ISSUER: issuer.issuer,
      AUDIENCE: issuer.audience,
      JWKS_URL: jwksUrl,
      REQUEST_HASH_KEY: randomBytes(16).toString('hex'),
      SESSION_KEY: issuer.signingKey,
      ...mail,
    },
  };
  for (const definition of functions) {
    const name = nameOf(definition.name);
    const arn = await lambda.create(name, definition, {
      archive: await archiveFunction(definition),
      environment: { TABLE_PREFIX: prefix, UPLOAD_BUCKET: bucket, ...own[definition.name] },
    });
    closers.push(() => lambda.remove(name));
    if (definition.name === 'analyze') {
      await lambda.permitStorage(name, bucket);
      await s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: bucket,
          NotificationConfiguration: {
            LambdaFunctionConfigurations: [{ LambdaFunctionArn: arn, Events: ['s3:ObjectCreated:*'] }],
          },
        }),
      );
    }
  }
}

/** Closes all, last opened first, whatever one of them throws; then throws that. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of closers.toReversed()) await close().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, 'some of the environment was not removed');
}
