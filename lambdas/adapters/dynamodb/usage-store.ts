/**
 * Counts of use in DynamoDB (CAL-9): one counter for each event of a closed list and UTC day, over shards. Nothing else is
 * written: no moment, no source, no id.
 */
import { BatchGetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { UsageStore } from '../../../core/people-ports.ts';
import { itemKey, usageAttribute, usageShards, type TableNames } from '../../../core/tables.ts';
import { dayOf, usageEvents, type UsageDay } from '../../../core/usage.ts';

/** The store over one environment's table. */
export function createUsageStore(client: DynamoDBDocumentClient, { usage }: TableNames): UsageStore {
  return {
    async count(event, now) {
      // Math.random picks a partition; nothing depends on it.
      const shard = Math.floor(Math.random() * usageShards);
      await client.send(
        new UpdateCommand({
          TableName: usage,
          Key: { item: itemKey.used(dayOf(now), shard) },
          UpdateExpression: 'ADD #event :one',
          ExpressionAttributeNames: { '#event': usageAttribute(event) },
          ExpressionAttributeValues: { ':one': 1 },
        }),
      );
    },
    read: async (days) => Promise.all(days.map((day) => readDay(client, usage, day))),
  };
}

async function readDay(client: DynamoDBDocumentClient, table: string, day: string): Promise<UsageDay> {
  const counts = new Map<string, number>();
  let Keys: Record<string, unknown>[] = Array.from({ length: usageShards }, (_, shard) => ({
    item: itemKey.used(day, shard),
  }));
  while (Keys.length > 0) {
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys } } }));
    for (const item of answer.Responses?.[table] ?? []) {
      for (const event of usageEvents) {
        const count = item[usageAttribute(event)];
        if (typeof count === 'number') counts.set(event, (counts.get(event) ?? 0) + count);
      }
    }
    Keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return { day, counts };
}
