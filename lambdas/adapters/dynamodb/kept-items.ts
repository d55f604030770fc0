/** Every stored item in DynamoDB, part by part, and the deletion of what is due; and how far a day's run of it came. */
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  ScanCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { KeptItems, ReplayLog, RetentionLog } from '../../../core/people-ports.ts';
import { itemKey, tables, type TableName, type TableNames } from '../../../core/tables.ts';
import { isConditionFailure, retryConflicts } from './failures.ts';

/** Items of one page: few enough to be deleted, and looked at again, in seconds. */
const pageSize = 500;

/** The store over one environment's tables. */
export function createKeptItems(client: DynamoDBDocumentClient, names: TableNames): KeptItems {
  return {
    async *pages({ table, segment, segments }) {
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: names[table],
            ConsistentRead: true,
            Limit: pageSize,
            ...(segments === 1 ? {} : { Segment: segment, TotalSegments: segments }),
            ExclusiveStartKey: from,
          }),
        );
        yield page.Items ?? [];
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },
    async remove(table, item, now) {
      try {
        await retryConflicts(() =>
          client.send(
            new DeleteCommand({
              TableName: names[table],
              Key: keyOf(table, item),
              // A session that was used meanwhile has more time.
              ConditionExpression: 'removeAfter <= :now',
              ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
            }),
          ),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
}

function keyOf(table: TableName, item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const definition = tables.find(({ name }) => name === table);
  const keys = [definition?.partitionKey.name, definition?.sortKey?.name].filter(
    (name) => name !== undefined,
  );
  return Object.fromEntries(keys.map((name) => [name, item[name]]));
}

/** Marks of before parts were divided name no number. */
const [retentionParts, replayParts] = [4, 32];
const progressItem = z.object({
  day: z.string(),
  steps: z.int(),
  segments: z.int().default(retentionParts),
});

/** The mark in the operations table. */
export function createRetentionLog(client: DynamoDBDocumentClient, { operations }: TableNames): RetentionLog {
  const Key = { item: itemKey.retention };
  return {
    async read() {
      const { Item } = await client.send(
        new GetCommand({ TableName: operations, Key, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : progressItem.parse(Item);
    },
    async write(progress) {
      await client.send(new PutCommand({ TableName: operations, Item: { ...Key, ...progress } }));
    },
  };
}

const replayItem = z.object({ at: z.int(), steps: z.int(), segments: z.int().default(replayParts) });

/** The mark in the operations table. */
export function createReplayLog(client: DynamoDBDocumentClient, { operations }: TableNames): ReplayLog {
  const Key = { item: itemKey.replay };
  return {
    async read() {
      const { Item } = await client.send(
        new GetCommand({ TableName: operations, Key, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const { at, ...progress } = replayItem.parse(Item);
      return { restoredAt: at, ...progress };
    },
    async write({ restoredAt, ...progress }) {
      await client.send(
        new PutCommand({ TableName: operations, Item: { ...Key, at: restoredAt, ...progress } }),
      );
    },
  };
}
