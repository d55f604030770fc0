/**
 * The embedded cloud: storage, database, functions, schedule, front door and issuer of one environment, on
 * loopback, in this process and its children. The functions are bundled as for AWS and run unchanged. For
 * `npm start` and the tests; nothing here is part of a deployment.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { protocol } from '../core/scan.ts';
import { erasureKey, tableNames, tables, type TableNames } from '../core/tables.ts';
import { functions } from '../lib/functions.ts';
import { createVirtualClock, type VirtualClock } from './clock.ts';
import { openDataDirectory, type DataDirectory, type Identity } from './data/directory.ts';
import { startDynamoDb, type EmbeddedDynamoDb } from './dynamodb/server.ts';
import { startGateway } from './gateway.ts';
import {
  beginLocalSession,
  createIssuer,
  createIssuerKey,
  localPayment,
  seedLocalAccount,
  type Issuer,
} from './issuer.ts';
import { createOutbox, returnEvent, type Outbox, type SentMail } from './outbox.ts';
import { createPrincipals, derive, intruder, stripeSecrets } from './principals.ts';
import { createFunctionRoute } from './function-route.ts';
import type { Runner, RunnerEvent } from './runner/runner.ts';
import { startScheduler } from './scheduler.ts';
import type { StorageObservation } from './s3/exchange.ts';
import { openSite, type Site } from './site.ts';
import { startS3, type EmbeddedS3 } from './s3/server.ts';
import { createStsRoutes } from './sts.ts';
import { startStripe, type StripeStandIn } from './stripe/server.ts';
import { bucket, clientsOutside, startFunctions, tablePrefix, type FunctionOptions } from './wiring.ts';

/** As long as the most patient of clients waits for one answer. */
const gatewayPatienceMs = 60_000;

/** Where the virtual clock's offset is kept. */
const offsetName = 'offset';

export interface CloudOptions extends Omit<FunctionOptions, 'observeFunctions'> {
  /** Port of the API; storage, database and payments take the next three. Default: four free ones. */
  readonly port?: number;
  /**
   * The local account, access keys and secrets are made from it. Default: a random one, or the one that `data`
   * was made from. Rejects with a DataError when `data` was made from another.
   */
  readonly seed?: string;
  /** Folder that keeps everything beyond this process, made when it is not there. Default: memory. */
  readonly data?: string;
  /** Scans of the local account's purchase. */
  readonly scans: number;
  /**
   * Whether the first address in X-Forwarded-For is where a request came from, so that a test can be many people.
   * Default: false
   */
  readonly trustForwarded?: boolean;
  /** Whether the sweep runs every minute. Without it a test invokes it. Default: true */
  readonly schedule?: boolean;
  /** Folder of the built web app, served at the API's own address. Default: no app */
  readonly web?: string;
  /** Sees what happens to objects and invocations as it happens. Default: nobody looks. */
  readonly observe?: (observation: CloudObservation) => void;
}

export type CloudObservation =
  | ({ readonly source: 'storage' } & StorageObservation)
  | ({ readonly source: 'functions' } & RunnerEvent)
  | ({ readonly source: 'mail' } & Pick<SentMail, 'to' | 'subject'>);

/** What was there when a cloud started on kept data. */
export interface Resumed {
  /** Objects that waited in the bucket, before the first sweep. */
  readonly objects: number;
  /** Asynchronous events on their way, retries among them. */
  readonly events: number;
  readonly scans: number;
  /** Bytes that a kill or a power cut left unfinished, and that were cut off. */
  readonly cutBytes: number;
}

/** A running embedded cloud. */
export interface Cloud {
  readonly apiUrl: string;
  /** The account that the terminal's tokens are for. */
  readonly accountId: string;
  readonly clock: VirtualClock;
  readonly storage: EmbeddedS3;
  readonly database: EmbeddedDynamoDb;
  readonly runner: Runner;
  readonly issuer: Issuer;
  /** What the functions sent by mail. */
  readonly outbox: Outbox;
  /** Where people pay here. */
  readonly stripe: StripeStandIn;
  /** Undefined when nothing was kept from before. */
  readonly resumed: Resumed | undefined;
  /** The terminal's account is new, because the one before it was erased. */
  readonly replacesErased: boolean;
  readonly bucket: string;
  readonly names: TableNames;
  /** The database past every function, for seeding and for reading back in tests. */
  readonly documents: DynamoDBDocumentClient;
  /** Storage as somebody with a privileged key would use it. */
  readonly privileged: S3Client;
  close(): Promise<void>;
}

/**
 * Starts everything, sweeps once so that uploads are admitted and no object that waited stays, and seeds the
 * local account. With `data` it goes on where the last process on that folder stopped, however that ended.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  if (options.data === undefined) return startOn(options, undefined, await newIdentity(options));
  const data = await openDataDirectory(options.data, {
    seed: options.seed,
    newIdentity: () => newIdentity(options),
  });
  return startOn(options, data, data);
}

async function newIdentity({ seed = randomBytes(16).toString('hex') }: CloudOptions): Promise<Identity> {
  return { seed, issuerKey: await createIssuerKey() };
}

async function startOn(
  options: CloudOptions,
  data: DataDirectory | undefined,
  { seed, issuerKey }: Identity,
): Promise<Cloud> {
  const { port } = options;
  const principals = createPrincipals(seed);
  const clock = createVirtualClock(data?.clock.get(offsetName));
  const now = (): number => clock.now();
  const running = Promise.withResolvers<Runner>();
  // The front door opens before the functions have its address; requests wait until all is there.
  const ready = Promise.withResolvers<Runner>();
  for (const { promise } of [running, ready]) promise.catch(() => {});
  const closers: (() => Promise<void> | void)[] = [];
  if (data !== undefined) {
    const stopKeeping = clock.onShift((offset) => data.clock.commit([[offsetName, offset]]));
    closers.push(() => data.close(), stopKeeping);
  }
  try {
    let site: Site | undefined;
    const names = tableNames(tablePrefix);
    const storage = await startStorage(options, { now, seed, data, running: running.promise });
    closers.push(() => storage.close());
    const database = await startDynamoDb({
      ...(port === undefined ? {} : { port: port + 2 }),
      tables,
      tablePrefix,
      now,
      ...(data === undefined ? {} : { kept: data.database }),
    });
    closers.push(() => database.close());
    const outside = clientsOutside(storage.url, database.url, principals.get(intruder));
    closers.push(
      () => outside.documents.destroy(),
      () => outside.privileged.destroy(),
    );
    const { documents } = outside;
    const local = { ...(await localAccountOf(seed, documents, names)), scans: options.scans };
    const issuer = await createIssuer({
      now,
      accountId: local.accountId,
      key: issuerKey,
      beginSession: async (accountId) => {
        await ready.promise;
        return beginLocalSession(documents, names, accountId, now());
      },
    });
    const outbox = createOutbox({
      now,
      ...(data === undefined ? {} : { kept: data.mail }),
      onMail: ({ to, subject }) => options.observe?.({ source: 'mail', to, subject }),
      // As SES tells it through SNS.
      onReturn: (address, kind) =>
        void running.promise.then((runner) => runner.invokeAsync('bounces', returnEvent(address, kind))),
    });
    const byHand = (['staff', 'upkeep'] as const).map((name) =>
      createFunctionRoute(`/local/${name}`, async (event) => (await ready.promise).invoke(name, event)),
    );
    const gateway = await startGateway({
      clock,
      site: () => site,
      ...(port === undefined ? {} : { port }),
      ...(options.trustForwarded === undefined ? {} : { trustForwarded: options.trustForwarded }),
      patienceMs: gatewayPatienceMs,
      invoke: async (event) => (await ready.promise).invoke('api', event),
      routes: [...issuer.routes, ...outbox.routes, ...byHand, ...createStsRoutes({ seed, now })],
    });
    closers.push(() => gateway.close());
    if (options.web !== undefined) site = await openSite(options.web, { uploads: storage.url });
    const stripe = await startStripe({
      ...(port === undefined ? {} : { port: port + 3 }),
      clock,
      ...stripeSecrets(seed),
      webhookUrl: `${gateway.url}/v1/webhooks/stripe`,
      ...(data === undefined ? {} : { kept: data.payments }),
      seed: [localPayment(local)],
    });
    closers.push(() => stripe.close());
    const resumed = data === undefined || data.fresh ? undefined : await whatWaits(data, storage, database);
    const observeFunctions = (event: RunnerEvent): void =>
      options.observe?.({ source: 'functions', ...event });
    const runner = await startFunctions(
      { ...options, observeFunctions },
      {
        seed,
        clock,
        gateway,
        storage,
        database,
        issuer,
        stripe,
        ...(data === undefined ? {} : { events: data.events }),
      },
    );
    closers.push(() => runner.close());
    running.resolve(runner);
    await sweepOnce(runner);
    if (options.schedule !== false) closers.push(startSchedule(clock, runner, data));
    const isNew = await seedLocalAccount(documents, names, { ...local, now: now() });
    ready.resolve(runner);
    return {
      apiUrl: gateway.url,
      accountId: issuer.accountId,
      clock,
      storage,
      database,
      runner,
      issuer,
      outbox,
      stripe,
      resumed,
      replacesErased: isNew && local.generation > 1,
      bucket,
      names,
      ...outside,
      close: () => closeAll(closers),
    };
  } catch (error) {
    running.reject(error);
    ready.reject(error);
    await closeAll(closers);
    throw error;
  }
}

/** The terminal's account. What was erased never comes back: whoever follows is somebody else. */
async function localAccountOf(
  seed: string,
  documents: DynamoDBDocumentClient,
  { erasures }: TableNames,
): Promise<{ readonly accountId: string; readonly generation: number }> {
  for (let generation = 1; ; generation += 1) {
    const use = generation === 1 ? 'account' : `account ${generation}`;
    const accountId = derive(seed, use).slice(0, 22);
    // As the functions hash it: they are run here and never imported.
    const hash = createHmac('sha256', derive(seed, 'identity')).update(
      JSON.stringify(['erasure', accountId]),
    );
    const erasure = erasureKey.mark('account', hash.digest('base64url'));
    const { Item } = await documents.send(new GetCommand({ TableName: erasures, Key: { erasure } }));
    if (Item === undefined) return { accountId, generation };
  }
}

/** Storage with the rights of each function, and events to the analysis. */
function startStorage(
  { port, observe }: CloudOptions,
  parts: {
    readonly now: () => number;
    readonly seed: string;
    readonly data: DataDirectory | undefined;
    readonly running: Promise<Runner>;
  },
): Promise<EmbeddedS3> {
  return startS3({
    ...(port === undefined ? {} : { port: port + 1 }),
    bucket,
    now: parts.now,
    principals: [...createPrincipals(parts.seed).values()],
    cors: {
      origins: ['*'],
      methods: ['PUT'],
      headers: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
    },
    maxSignatureAgeMs: protocol.uploadMs,
    ...(parts.data === undefined ? {} : { folder: parts.data.path }),
    // Resolves when the queue has the event; a start that failed takes none, and storage announces it again.
    notify: (event) =>
      parts.running.then(
        (runner) => void runner.invokeAsync('analyze', event),
        () => new Promise(() => {}),
      ),
    observe: (observation) => observe?.({ source: 'storage', ...observation }),
  });
}

/** The sweep, every minute. Returns what stops it. */
function startSchedule(clock: VirtualClock, runner: Runner, data: DataDirectory | undefined): () => void {
  const schedules = functions.flatMap(({ name, everyMs, tasks = [] }) => [
    ...(everyMs === undefined ? [] : [{ functionName: name, everyMs }]),
    ...tasks.map((one) => ({ functionName: name, task: one.task, everyMs: one.everyMs })),
  ]);
  const beat = data === undefined ? {} : { kept: data.clock };
  const scheduler = startScheduler({ clock, runner, schedules, ...beat });
  return () => scheduler.close();
}

async function closeAll(closers: readonly (() => Promise<void> | void)[]): Promise<void> {
  for (const close of closers.toReversed()) await close();
}

async function whatWaits(
  data: DataDirectory,
  storage: EmbeddedS3,
  database: EmbeddedDynamoDb,
): Promise<Resumed> {
  return {
    objects: storage.objects().length,
    events: data.events.entries().length,
    scans: (await database.items('scans')).length,
    cutBytes: data.cutBytes,
  };
}

/** The heartbeat that the first ticket asks for. */
async function sweepOnce(runner: Runner): Promise<void> {
  const result = await runner.invoke('sweep', {});
  if ('error' in result) {
    throw new Error('The first sweep failed, so no upload would be admitted. Its log says why (--verbose).');
  }
}
