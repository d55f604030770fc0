/**
 * DynamoDB of the embedded cloud: an HTTP front on loopback that the real AWS SDK talks to. Single operations
 * go to dynalite in this process; the front adds what dynalite lacks, and trouble on request for tests. It
 * never leaves loopback and is never bundled into a function.
 *
 * Enforced: dynalite's rules (conditions, expressions, reserved words, key schemas, item size, no strong reads
 * of an index); TransactWriteItems and TransactGetItems, all or nothing and alone (nobody sees half of one);
 * ordered, complete CancellationReasons; ClientRequestToken for 10 minutes of `now`; one action an item;
 * ReturnValuesOnConditionCheckFailure, also on single writes.
 *
 * Not enforced: signatures, permissions and regions (the access key id is read, any secret will do);
 * throughput, throttling and the 4 MB of a transaction; TTL, which happens only in `expire()`; index lag
 * (indexes are up to date at once); conflicts between real transactions, which wait for each other instead
 * (faults make them); consumed capacity of a transaction. Two items of equal index keys share an index entry
 * once in 16 million, as dynalite tells them apart by 24 bits of a hash.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { KeptMap } from '../data/kept-map.ts';
import type { StoredTable } from './engine.ts';
import { openEngine } from './engine.ts';
import type { Observation, Service } from './exchange.ts';
import { serve } from './exchange.ts';
import type { Faults } from './faults.ts';
import { createFaults } from './faults.ts';
import { noJournal } from './journal.ts';
import { createKeeper, type KeptRow } from './keeper.ts';
import { createLock } from './lock.ts';
import type { WireItem } from './protocol.ts';
import { rememberSuccesses } from './successes.ts';
import { createTtl } from './ttl.ts';

export interface DynamoDbOptions {
  /** Port on loopback. Default: a free one. */
  readonly port?: number;
  readonly tables: readonly StoredTable[];
  /** A table's physical name is this prefix and its name. */
  readonly tablePrefix: string;
  /** Epoch milliseconds, for what ages: request tokens and TTL. */
  readonly now: () => number;
  /** Items outlive the process there. Default: the store lives in memory. */
  readonly kept?: KeptMap<KeptRow>;
  /** Is told every access before it happens. Default: nobody is. */
  readonly observe?: (observation: Observation) => void;
}

export interface EmbeddedDynamoDb {
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** Every item of a table (logical name) as stored, between transactions. */
  items(table: string): Promise<readonly WireItem[]>;
  /** Removes items whose TTL attribute has passed; returns how many. */
  expire(): Promise<number>;
  close(): Promise<void>;
}

/** Starts a store with the given tables, empty or as it was kept, and listens on 127.0.0.1. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<EmbeddedDynamoDb> {
  const { tables, tablePrefix, now } = options;
  const engine = await openEngine(tables, tablePrefix);
  const lock = createLock();
  const faults = createFaults(tables.map((table) => table.name));
  const ttlAttributes = new Map(
    tables.flatMap(({ name, ttlAttribute: attribute }) =>
      attribute === undefined ? [] : [[tablePrefix + name, attribute] as const],
    ),
  );
  const keeper = options.kept === undefined ? undefined : await createKeeper(engine, options.kept);
  const ttl = createTtl(
    keeper === undefined ? engine : { ...engine, restore: keeper.restore },
    ttlAttributes,
  );
  const { journal, successes } = keeper ?? { journal: noJournal, successes: rememberSuccesses() };
  const ports = { engine, journal, now, newId: randomUUID, successes };
  const closing = new AbortController();
  const { observe = () => undefined } = options;
  const { signal } = closing;
  const kept = keeper === undefined ? {} : { keeper };
  const service: Service = {
    engine,
    lock,
    faults,
    ttl,
    ports,
    ...kept,
    tablePrefix,
    observe,
    closing: signal,
  };

  const server = createServer((request, response) => void serve(service, request, response));
  // Loopback only, and a socket closed while idle would look like a fault to the SDK.
  server.keepAliveTimeout = 0;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    faults,
    items: (table) => lock.shared(() => engine.items(tablePrefix + table)),
    expire: async () => {
      const removed = await lock.exclusive(() => ttl.expire(now()));
      await keeper?.flush();
      return removed;
    },
    close: async () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await lock.exclusive(() => engine.close());
    },
  };
}
