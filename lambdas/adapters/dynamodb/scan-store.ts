/** Scans and their charges in DynamoDB: every write conditional, every charge one transaction. */
import {
  DeleteCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { HistoryPage, ScanStore } from '../../../core/ports.ts';
import {
  chargeOf,
  isOpen,
  protocol,
  type Lease,
  type OpenScan,
  type Scan,
  type Settlement,
} from '../../../core/scan.ts';
import { historyIndex, openIndex, type TableNames } from '../../../core/tables.ts';
import { cancellationOf, isConditionFailure, isConflict, retryConflicts } from './failures.ts';
import { parseCursor, renderCursor } from './cursor.ts';
import { openAttributes, outcomeAttributes, scanOfItem } from './scan-item.ts';

/** How long an erased scan, which belongs to nobody, may linger before the database removes it. */
const erasedLingersMs = protocol.idempotencyMs;

/** The store over one environment's tables. */
export function createScanStore(client: DynamoDBDocumentClient, names: TableNames): ScanStore {
  return {
    find: (scanId) => find(client, names, scanId),
    claim: (scanId, lease, now) => claim(client, names, scanId, lease, now),
    settle: (settlement) => settle(client, names, settlement),
    eraseAlone: (from, endedAt) => eraseAlone(client, names, from, endedAt),
    findOverdue: (shard, now) => findOverdue(client, names, shard, now),
    history: (accountId, page) => history(client, names, accountId, page),
    rename: (accountId, scanId, name) => rename(client, names, accountId, scanId, name),
    removeTerminal: (accountId, scanId) => removeTerminal(client, names, accountId, scanId),
  };
}

async function find(
  client: DynamoDBDocumentClient,
  names: TableNames,
  scanId: string,
): Promise<Scan | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.scans, Key: { scanId }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : scanOfItem(Item);
}

async function claim(
  client: DynamoDBDocumentClient,
  names: TableNames,
  scanId: string,
  lease: Lease,
  now: number,
): Promise<'claimed' | 'moved'> {
  const { leaseId, leaseUntil, etag, sequencer } = lease;
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.scans,
        Key: { scanId },
        UpdateExpression:
          'SET #state = :claimed, leaseId = :leaseId, leaseUntil = :leaseUntil, etag = :etag, sequencer = :sequencer',
        ConditionExpression:
          'deadlineAt > :now AND (#state = :issued OR (#state = :claimed AND (leaseUntil <= :now OR leaseId = :leaseId)))',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':issued': 'issued',
          ':claimed': 'claimed',
          ':now': now,
          ':leaseId': leaseId,
          ':leaseUntil': leaseUntil,
          ':etag': etag,
          ':sequencer': sequencer,
        },
      }),
    );
    return 'claimed';
  } catch (error) {
    if (isConditionFailure(error) || isConflict(error)) return 'moved';
    throw error;
  }
}

async function settle(
  client: DynamoDBDocumentClient,
  names: TableNames,
  settlement: Settlement,
): ReturnType<ScanStore['settle']> {
  const { from, outcome } = settlement;
  const [scanPart, purchasePart] = [0, 1];
  try {
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Update: endOfScan(names, settlement) },
          { Update: chargeUpdate(names, from, chargeOf[outcome.state]) },
        ],
      }),
    );
    return 'settled';
  } catch (error) {
    const cancellation = cancellationOf(error);
    if (cancellation === undefined) throw error;
    if (cancellation.failed.includes(scanPart)) return 'moved';
    return cancellation.failed.includes(purchasePart) ? 'purchase-gone' : 'conflict';
  }
}

/** The scan's half of a settlement: terminal, stripped of what only an open scan needs. */
export function endOfScan(names: TableNames, { from, outcome, endedAt }: Settlement) {
  const erased = outcome.state === 'erased';
  const kept = {
    ...outcomeAttributes(outcome),
    endedAt,
    ...(erased ? { removeAfter: Math.ceil((endedAt + erasedLingersMs) / 1000) } : {}),
  };
  const removed = [...openAttributes, ...(erased ? ['accountId', 'name'] : [])];
  const lease = from.state === 'claimed' ? { ':lease': from.lease.leaseId } : {};
  return {
    TableName: names.scans,
    Key: { scanId: from.scanId },
    UpdateExpression: `SET ${Object.keys(kept)
      .map((name) => `#${name} = :${name}`)
      .join(', ')} REMOVE ${removed.map((name) => `#${name}`).join(', ')}`,
    ConditionExpression: `#state = :from${from.state === 'claimed' ? ' AND #leaseId = :lease' : ''}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...Object.keys(kept), ...removed].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(kept).map(([name, value]) => [`:${name}`, value])),
      ':from': from.state,
      ...lease,
    },
  };
}

/** The purchase's half: a purchase is never created here. */
function chargeUpdate(names: TableNames, from: OpenScan, charge: 'charged' | 'given-back') {
  return {
    TableName: names.purchases,
    Key: { accountId: from.accountId, paymentIntentId: from.paymentIntentId },
    UpdateExpression: charge === 'charged' ? 'ADD scansCompleted :one' : 'ADD scansUsed :minusOne',
    ConditionExpression: 'attribute_exists(accountId)',
    ExpressionAttributeValues: charge === 'charged' ? { ':one': 1 } : { ':minusOne': -1 },
  };
}

async function eraseAlone(
  client: DynamoDBDocumentClient,
  names: TableNames,
  from: OpenScan,
  endedAt: number,
): ReturnType<ScanStore['eraseAlone']> {
  try {
    await client.send(new UpdateCommand(endOfScan(names, { from, outcome: { state: 'erased' }, endedAt })));
    return 'settled';
  } catch (error) {
    if (isConditionFailure(error)) return 'moved';
    if (isConflict(error)) return 'conflict';
    throw error;
  }
}

async function* findOverdue(
  client: DynamoDBDocumentClient,
  names: TableNames,
  shard: string,
  now: number,
): AsyncGenerator<string> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: names.scans,
        IndexName: openIndex,
        KeyConditionExpression: 'openShard = :shard AND deadlineAt <= :now',
        ExpressionAttributeValues: { ':shard': shard, ':now': now },
        ExclusiveStartKey: from,
      }),
    );
    for (const item of page.Items ?? []) yield String(item['scanId']);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

async function history(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<HistoryPage> {
  const { Items, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: names.scans,
      IndexName: historyIndex,
      KeyConditionExpression: 'accountId = :accountId',
      ExpressionAttributeValues: { ':accountId': accountId },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : { accountId, ...historyKey(after) },
    }),
  );
  const scans = (Items ?? []).map(scanOfItem);
  return LastEvaluatedKey === undefined
    ? { scans }
    : { scans, next: renderCursor([LastEvaluatedKey['scanId'], LastEvaluatedKey['issuedAt']]) };
}

const historyCursor = z.tuple([z.string().max(64), z.int().nonnegative()]);

function historyKey(after: string) {
  const [scanId, issuedAt] = parseCursor(historyCursor, after);
  return { scanId, issuedAt };
}

async function rename(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  scanId: string,
  name: string | undefined,
): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: names.scans,
    Key: { scanId },
    UpdateExpression: name === undefined ? 'REMOVE #name' : 'SET #name = :name',
    ConditionExpression: 'accountId = :accountId',
    ExpressionAttributeNames: { '#name': 'name' },
    ExpressionAttributeValues: {
      ':accountId': accountId,
      ...(name === undefined ? {} : { ':name': name }),
    },
  });
  try {
    await retryConflicts(() => client.send(command));
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

async function removeTerminal(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  scanId: string,
): Promise<boolean> {
  const command = new DeleteCommand({
    TableName: names.scans,
    Key: { scanId },
    ConditionExpression: 'accountId = :accountId AND attribute_not_exists(openShard)',
    ExpressionAttributeValues: { ':accountId': accountId },
  });
  try {
    await retryConflicts(() => client.send(command));
    return true;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const found = await find(client, names, scanId);
    return found === undefined || !isOpen(found) || found.accountId !== accountId;
  }
}
