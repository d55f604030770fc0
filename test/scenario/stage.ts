/**
 * A system that scenarios can act on, wherever it runs: the embedded cloud, an emulator, a deployment. What a person
 * does goes over HTTP; the rest is what a test may do past it. Must not offer faults or time: those are a `World`'s.
 */
import { readFile } from 'node:fs/promises';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { createClient, type Client } from '../../client/client.ts';
import type { Ticket } from '../../core/contract.ts';
import type { TableNames } from '../../core/tables.ts';
import { sessionItem } from '../../local/issuer.ts';
import { aConsent, anAccount, aPurchase, freshId } from '../contract/given.ts';
import { fixtures } from '../fixtures/index.ts';

/** Somebody with an account, a consent and scans. */
export interface Person {
  readonly accountId: string;
  readonly client: Client;
  /** Raw HTTP with this person's token. */
  call(method: string, path: string, options?: { body?: unknown; key?: string }): Promise<Response>;
  ticket(photo: Uint8Array, key?: string): Promise<Ticket>;
  /** `[scansUsed, scansCompleted]` of the one purchase. */
  units(): Promise<readonly [unknown, unknown]>;
  dropPurchase(): Promise<void>;
}

export interface Stage {
  person(more?: { readonly scansTotal?: number; readonly granted?: boolean }): Promise<Person>;
  /** Raw HTTP without a token. */
  stranger(method: string, path: string): Promise<Response>;
  /** Uploads past the ticket's pins, as only somebody privileged could. */
  plant(key: string, bytes: Uint8Array): Promise<void>;
  /** Sends the ticket's upload; the answer's status. */
  put(ticket: Ticket, bytes: Uint8Array): Promise<number>;
  rawScan(scanId: string): Promise<Record<string, unknown> | undefined>;
  /** Waits for the work that storage events started. */
  idle(): Promise<void>;
  /** Keys in the bucket, past every right. */
  keys(): Promise<readonly string[]>;
  /** Makes an open scan overdue, in the database. */
  passDeadline(scanId: string): Promise<void>;
  /** Runs the sweep now; rejects when it fails. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** What a stage is made of, wherever it runs. */
export interface StageParts {
  readonly apiUrl: string;
  readonly documents: DynamoDBDocumentClient;
  readonly names: TableNames;
  readonly issuer: { issueToken(accountId: string): Promise<string> };
  /** Epoch ms, by the clock that the functions live on. */
  readonly now: () => number;
}

/** The part of a stage that is the same everywhere. */
export function createStage(
  parts: StageParts,
): Pick<Stage, 'person' | 'stranger' | 'put' | 'rawScan' | 'passDeadline'> {
  const { apiUrl, documents, names, now } = parts;
  return {
    person: (more) => createPerson(parts, more),
    stranger: (method, path) => fetch(`${apiUrl}${path}`, { method }),
    async put(ticket, bytes) {
      if (ticket.upload === undefined) throw new Error('the ticket has no upload address any more');
      const { url, headers } = ticket.upload;
      return (await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(bytes) })).status;
    },
    async rawScan(scanId) {
      return (
        await documents.send(
          new GetCommand({ TableName: names.scans, Key: { scanId }, ConsistentRead: true }),
        )
      ).Item;
    },
    async passDeadline(scanId) {
      await documents.send(
        new UpdateCommand({
          TableName: names.scans,
          Key: { scanId },
          UpdateExpression: 'SET deadlineAt = :past',
          ConditionExpression: 'attribute_exists(openShard)',
          ExpressionAttributeValues: { ':past': now() - 1000 },
        }),
      );
    },
  };
}

async function createPerson(
  { apiUrl, documents, names, issuer, now }: StageParts,
  { scansTotal = 20, granted = true }: { readonly scansTotal?: number; readonly granted?: boolean } = {},
): Promise<Person> {
  const accountId = freshId();
  const purchase = aPurchase(accountId, { scansTotal, boughtAt: now() });
  const consent = aConsent(granted);
  const items = [
    [names.accounts, { item: 'account', ...anAccount(accountId) }],
    [names.accounts, sessionItem(accountId, now())],
    [names.consents, { accountId, item: `consent#${consent.purpose}`, ...consent }],
    [names.purchases, { ...purchase }],
  ] as const;
  for (const [TableName, Item] of items) await documents.send(new PutCommand({ TableName, Item }));
  const getToken = (): Promise<string> => issuer.issueToken(accountId);
  const Key = { accountId, paymentIntentId: purchase.paymentIntentId };
  const person: Person = {
    accountId,
    client: createClient({ baseUrl: apiUrl, getToken }),
    async call(method, path, { body, key } = {}) {
      return fetch(`${apiUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await getToken()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    ticket: (bytes, key) =>
      person.client.requestTicket(
        { bytes: Uint8Array.from(bytes), contentType: 'image/jpeg' },
        key === undefined ? {} : { idempotencyKey: key },
      ),
    async units() {
      const { Item } = await documents.send(
        new GetCommand({ TableName: names.purchases, Key, ConsistentRead: true }),
      );
      return [Item?.['scansUsed'], Item?.['scansCompleted']];
    },
    async dropPurchase() {
      await documents.send(new DeleteCommand({ TableName: names.purchases, Key }));
    },
  };
  return person;
}

/** The bytes of an image fixture. */
export async function photo(name: keyof typeof fixtures): Promise<Uint8Array> {
  return readFile(new URL(`../fixtures/images/${fixtures[name].file}`, import.meta.url));
}

/** Ids of a person's scans, newest first, two a page. */
export async function historyOf(person: Person): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of person.client.history({ pageSize: 2 })) ids.push(...page.map(({ id }) => id));
  return ids;
}
