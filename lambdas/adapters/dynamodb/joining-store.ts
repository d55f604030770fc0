/**
 * Acts, consents and their end in DynamoDB. An act and what follows from it are one transaction; so are a withdrawal
 * or a suspension and the end of every open scan.
 */
import { BatchGetCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Consent } from '../../../core/consent.ts';
import { actKinds, type Act } from '../../../core/evidence.ts';
import type { JoiningStore, OpenWork, Stop } from '../../../core/people-ports.ts';
import { isOpen, type OpenScan } from '../../../core/scan.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { queryAccount } from './account-items.ts';
import { itemOfReport } from './communication-item.ts';
import { consentOfItem } from './consent-item.ts';
import { isActive } from './erasure-store.ts';
import { cancellationOf, type Actions } from './failures.ts';
import { stamped, upgraded } from './layout.ts';
import { scanOfItem } from './scan-item.ts';
import { endOfScan } from './scan-store.ts';

const actItem = z.object({
  item: z.string(),
  kind: z.enum(actKinds),
  text: z.string(),
  textVersion: z.string(),
  language: z.string().exactOptional(),
  textDigest: z.string().exactOptional(),
  at: z.int(),
  by: z.string(),
});
const requestItem = z.object({ scanId: z.string() });
const dayItem = z.object({ item: z.string(), ticketCount: z.int() });

const consentPrefix = itemKey.consent('');
const actPrefix = 'act#';
const requestPrefix = itemKey.idempotency('');
const dayMs = 24 * 60 * 60 * 1000;

/** A scan ends within 300 s of its ticket (ONE-2), by the sweep at the latest; an hour is far beyond. */
const openWithinMs = 60 * 60 * 1000;

/** The store over one environment's tables. */
export function createJoiningStore(client: DynamoDBDocumentClient, names: TableNames): JoiningStore {
  return {
    read: (accountId) => read(client, names, accountId),
    record: (accountId, act) => record(client, names, accountId, act),
    findOpenWork: (accountId, now) => findOpenWork(client, names, accountId, now),
    stop: (stop) => stopAll(client, names, stop),
  };
}

async function read(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
): ReturnType<JoiningStore['read']> {
  const items = await queryAccount(client, names.consents, accountId);
  const ofKind = (prefix: string) => items.filter(({ item }) => String(item).startsWith(prefix));
  return {
    consents: ofKind(consentPrefix).map(consentOfItem),
    // Keys begin with the moment, so they come in its order.
    acts: ofKind(actPrefix).map(actOfItem),
  };
}

function actOfItem(raw: unknown): Act {
  const { item, textVersion, ...rest } = actItem.parse(upgraded(raw));
  return { ...rest, version: textVersion, actId: item.slice(item.lastIndexOf('#') + 1) };
}

function putAct(names: TableNames, accountId: string, { actId, version, ...act }: Act): Actions[number] {
  return {
    Put: {
      TableName: names.consents,
      Item: stamped({ accountId, item: itemKey.act(act.at, actId), ...act, textVersion: version }),
      // Evidence is added and never changed.
      ConditionExpression: 'attribute_not_exists(accountId)',
    },
  };
}

async function record(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  act: Act,
): ReturnType<JoiningStore['record']> {
  const [accountPart, effectPart] = [0, 1];
  const { account, effect } = consequence(names, accountId, act);
  const actions: Actions = [
    account,
    ...(effect === undefined ? [] : [effect]),
    putAct(names, accountId, act),
  ];
  try {
    await client.send(new TransactWriteCommand({ TransactItems: actions }));
    return 'recorded';
  } catch (error) {
    const cancellation = cancellationOf(error);
    if (cancellation === undefined) throw error;
    if (effect !== undefined && cancellation.failed.includes(accountPart)) return 'inactive';
    if (effect !== undefined && cancellation.failed.includes(effectPart)) return 'stands';
    if (cancellation.failed.includes(accountPart)) {
      return (await readsActive(client, names, accountId)) ? 'stands' : 'inactive';
    }
    // The evidence itself is there: this very act was written, and its answer lost.
    return cancellation.failed.length > 0 ? 'stands' : 'conflict';
  }
}

async function readsActive(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
): Promise<boolean> {
  const [item] = await queryAccount(client, names.accounts, accountId, { prefix: itemKey.account });
  return item?.['state'] === 'active';
}

/** What an act does to the account, and to a consent. */
function consequence(
  names: TableNames,
  accountId: string,
  act: Act,
): { readonly account: Actions[number]; readonly effect?: Actions[number] } {
  const Key = { accountId, item: itemKey.account };
  const active = { ExpressionAttributeNames: { '#state': 'state' } };
  switch (act.kind) {
    case 'adulthood-affirmed':
      return {
        account: {
          Update: {
            TableName: names.accounts,
            Key,
            UpdateExpression: 'SET adultAffirmedAt = :at',
            ConditionExpression: '#state = :active AND attribute_not_exists(adultAffirmedAt)',
            ...active,
            ExpressionAttributeValues: { ':active': 'active', ':at': act.at },
          },
        },
      };
    case 'policy-accepted':
      return {
        account: {
          Update: {
            TableName: names.accounts,
            Key,
            UpdateExpression: 'SET policyVersion = :version, policyAcceptedAt = :at',
            ConditionExpression:
              '#state = :active AND (attribute_not_exists(policyVersion) OR policyVersion <> :version)',
            ...active,
            ExpressionAttributeValues: { ':active': 'active', ':at': act.at, ':version': act.version },
          },
        },
      };
    case 'consent-given':
      return {
        account: isActive(names, accountId),
        effect: putConsent(
          names,
          accountId,
          { purpose: act.text, version: Number(act.version), granted: true, at: act.at },
          'attribute_not_exists(granted) OR granted = :not OR #version < :version',
        ),
      };
    case 'consent-withdrawn':
      throw new RangeError('a withdrawal ends what is open: it is a stop');
  }
}

function putConsent(
  names: TableNames,
  accountId: string,
  consent: Consent,
  condition: string,
): Actions[number] {
  return {
    Put: {
      TableName: names.consents,
      Item: stamped({ accountId, item: itemKey.consent(consent.purpose), ...consent }),
      ConditionExpression: condition,
      ExpressionAttributeValues: {
        ':not': !consent.granted,
        ...(consent.granted ? { ':version': consent.version } : {}),
      },
      ...(consent.granted ? { ExpressionAttributeNames: { '#version': 'version' } } : {}),
    },
  };
}

/**
 * Every scan that may be open: each was written in one transaction with its request's record and the day's count,
 * so a strong read of those misses none, and a count that did not change means that no ticket came since.
 */
async function findOpenWork(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  now: number,
): Promise<OpenWork> {
  const days = [now - dayMs, now, now + dayMs].map((at) => itemKey.day(at));
  // The counts first: a ticket between the two reads then shows as a changed count.
  const counted = await queryAccount(client, names.accounts, accountId, { prefix: 'day#' });
  const counts = new Map(
    counted.map((item) => dayItem.parse(item)).map((day) => [day.item, day.ticketCount]),
  );
  const requests = await queryAccount(client, names.accounts, accountId, {
    prefix: requestPrefix,
    since: now - openWithinMs,
  });
  const scanIds = new Set(requests.map((item) => requestItem.parse(upgraded(item)).scanId));
  return {
    scans: await findOpen(client, names, [...scanIds], accountId),
    tickets: days.map((day) => ({ day, count: counts.get(day) ?? 0 })),
  };
}

/** As many as one request may ask for. */
const batch = 100;

async function findOpen(
  client: DynamoDBDocumentClient,
  names: TableNames,
  scanIds: readonly string[],
  accountId: string,
): Promise<readonly OpenScan[]> {
  const open: OpenScan[] = [];
  let left = scanIds.map((scanId): Record<string, unknown> => ({ scanId }));
  while (left.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: { [names.scans]: { Keys: left.slice(0, batch), ConsistentRead: true } },
      }),
    );
    for (const item of Responses?.[names.scans] ?? []) {
      const scan = scanOfItem(item);
      if (isOpen(scan) && scan.accountId === accountId) open.push(scan);
    }
    left = [...left.slice(batch), ...(UnprocessedKeys?.[names.scans]?.Keys ?? [])];
  }
  return open;
}

async function stopAll(
  client: DynamoDBDocumentClient,
  names: TableNames,
  stop: Stop,
): ReturnType<JoiningStore['stop']> {
  const { accountId, work, at } = stop;
  const units = Map.groupBy(work.scans, ({ paymentIntentId }) => paymentIntentId);
  const actions: Actions = [
    ...causeActions(names, stop),
    ...work.tickets.map(({ day, count }) => sameCount(names, accountId, day, count)),
    ...work.scans.map((from) => ({
      Update: endOfScan(names, { from, outcome: { state: 'erased' }, endedAt: at }),
    })),
    ...[...units].map(([paymentIntentId, scans]) => ({
      Update: {
        TableName: names.purchases,
        Key: { accountId, paymentIntentId },
        UpdateExpression: 'ADD scansUsed :given',
        ConditionExpression: 'attribute_exists(accountId)',
        ExpressionAttributeValues: { ':given': -scans.length },
      },
    })),
  ];
  try {
    await client.send(new TransactWriteCommand({ TransactItems: actions }));
    return 'stopped';
  } catch (error) {
    const cancellation = cancellationOf(error);
    if (cancellation === undefined) throw error;
    return cancellation.failed.length > 0 ? 'moved' : 'conflict';
  }
}

function sameCount(names: TableNames, accountId: string, day: string, count: number): Actions[number] {
  return {
    ConditionCheck: {
      TableName: names.accounts,
      Key: { accountId, item: day },
      ConditionExpression: count === 0 ? 'attribute_not_exists(ticketCount)' : 'ticketCount = :count',
      ...(count === 0 ? {} : { ExpressionAttributeValues: { ':count': count } }),
    },
  };
}

function causeActions(names: TableNames, { accountId, cause }: Stop): Actions {
  if (cause === undefined) return [];
  if (cause.kind === 'withdrawal') {
    return [
      isActive(names, accountId),
      putConsent(names, accountId, cause.consent, 'granted = :not'),
      putAct(names, accountId, cause.act),
    ];
  }
  return [
    {
      Update: {
        TableName: names.accounts,
        Key: { accountId, item: itemKey.account },
        UpdateExpression: 'SET #state = :suspended, sessionsEndedAt = :at',
        ConditionExpression: '#state = :active',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':suspended': 'suspended',
          ':active': 'active',
          ':at': cause.report.at,
        },
      },
    },
    {
      Put: { TableName: names.communications, Item: itemOfReport(accountId, cause.report) },
    },
  ];
}
