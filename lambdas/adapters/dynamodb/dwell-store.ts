/**
 * How long objects lived, as sharded counters in DynamoDB (ONE-1): nothing but counts a day, and what the last
 * sweep saw. A retry after a lost answer may count an object twice: these are statistics, never charges.
 */
import { BatchGetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { dwellHistogram, lastDwellBucket, mergeDwell, type DwellHistogram } from '../../../core/dwell.ts';
import type { DwellStore } from '../../../core/ports.ts';
import { dwellAttribute, dwellKeptMs, dwellShards, dwellWindowDays, itemKey } from '../../../core/tables.ts';
import type { TableNames } from '../../../core/tables.ts';
import { isConditionFailure } from './failures.ts';

const sightItem = z.object({ at: z.int(), oldestAgeMs: z.int() });
const dayMs = 24 * 60 * 60 * 1000;
/** Best effort has an end: an invocation that looked must not run out of time over a statistic. */
const patienceMs = 1_500;

/** The store over one environment's tables. */
export function createDwellStore(client: DynamoDBDocumentClient, names: TableNames): DwellStore {
  return {
    async count(lifetimesMs, now) {
      const rows = [...dwellHistogram(lifetimesMs)];
      if (rows.length === 0) return;
      // Math.random picks a partition; nothing depends on it.
      const shard = Math.floor(Math.random() * dwellShards);
      await client.send(
        new UpdateCommand({
          TableName: names.operations,
          Key: { item: itemKey.dwell(now, shard) },
          UpdateExpression: `ADD ${rows.map((_, at) => `#b${at} :c${at}`).join(', ')} SET removeAfter = :removeAfter`,
          ExpressionAttributeNames: Object.fromEntries(
            rows.map(([bucket], at) => [`#b${at}`, dwellAttribute(bucket)]),
          ),
          ExpressionAttributeValues: {
            ...Object.fromEntries(rows.map(([, count], at) => [`:c${at}`, count])),
            ':removeAfter': Math.ceil((now + dwellKeptMs) / 1000),
          },
        }),
        { abortSignal: AbortSignal.timeout(patienceMs) },
      );
    },
    async saw({ oldestAgeMs, at }) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: names.operations,
            Key: { item: itemKey.sight },
            UpdateExpression: 'SET #at = :at, oldestAgeMs = :oldestAgeMs',
            ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':at': at, ':oldestAgeMs': oldestAgeMs },
          }),
          { abortSignal: AbortSignal.timeout(patienceMs) },
        );
      } catch (error) {
        // A later sweep has looked already, or this very write was answered late.
        if (!isConditionFailure(error)) throw error;
      }
    },
    read: (now) => read(client, names, now),
  };
}

async function read(
  client: DynamoDBDocumentClient,
  names: TableNames,
  now: number,
): ReturnType<DwellStore['read']> {
  const days = Array.from({ length: dwellWindowDays }, (_, ago) => now - ago * dayMs);
  const shards = Array.from({ length: dwellShards }, (_, shard) => shard);
  const counters = days.flatMap((day) => shards.map((shard) => itemKey.dwell(day, shard)));
  const items = await readItems(client, names.operations, [itemKey.sight, ...counters]);
  const sight = items.find((item) => item['item'] === itemKey.sight);
  const lifetimes = mergeDwell(items.filter((item) => item !== sight).map(histogramOf));
  return { lifetimes, ...(sight === undefined ? {} : { sight: sightItem.parse(sight) }) };
}

/** Fewer keys than the 100 that one BatchGetItem takes; what it leaves is asked for again. */
async function readItems(
  client: DynamoDBDocumentClient,
  TableName: string,
  wanted: readonly string[],
): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  let Keys: Record<string, unknown>[] = wanted.map((item) => ({ item }));
  for (let round = 0; Keys.length > 0 && round < 5; round += 1) {
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));
    found.push(...(answer.Responses?.[TableName] ?? []));
    Keys = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
  }
  return found;
}

function histogramOf(item: Record<string, unknown>): DwellHistogram {
  const counts = new Map<number, number>();
  for (let bucket = 0; bucket <= lastDwellBucket; bucket += 1) {
    const count = item[dwellAttribute(bucket)];
    if (typeof count === 'number') counts.set(bucket, count);
  }
  return counts;
}
