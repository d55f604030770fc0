/** Events of the payment provider that could not be handled, in the operations table: nothing about a person. */
import {
  DeleteCommand,
  paginateScan,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ParkedEvent, ParkedEvents } from '../../../core/payment-ports.ts';
import { itemKey, parkedKeptMs, type TableNames } from '../../../core/tables.ts';

const prefix = itemKey.parked('');
const parkedItem = z.object({
  item: z.string(),
  eventType: z.string(),
  firstAt: z.int(),
  attempts: z.int(),
});

function eventOfItem(raw: unknown): ParkedEvent {
  const { item, eventType: type, firstAt, attempts } = parkedItem.parse(raw);
  return { eventHash: item.slice(prefix.length), type, firstAt, attempts };
}

/** The store over one environment's tables. */
export function createParkedEvents(client: DynamoDBDocumentClient, { operations }: TableNames): ParkedEvents {
  return {
    async park(eventHash, type, now) {
      await client.send(
        new UpdateCommand({
          TableName: operations,
          Key: { item: itemKey.parked(eventHash) },
          UpdateExpression:
            'SET eventType = :type, firstAt = if_not_exists(firstAt, :now), removeAfter = :removeAfter ADD attempts :one',
          ExpressionAttributeValues: {
            ':type': type,
            ':now': now,
            ':one': 1,
            ':removeAfter': Math.ceil((now + parkedKeptMs) / 1000),
          },
        }),
      );
    },
    async release(eventHash) {
      await client.send(
        new DeleteCommand({ TableName: operations, Key: { item: itemKey.parked(eventHash) } }),
      );
    },
    async list() {
      // Few items are in this table: a month of counters, and what was set aside.
      const pages = paginateScan(
        { client },
        {
          TableName: operations,
          FilterExpression: 'begins_with(#item, :prefix)',
          ExpressionAttributeNames: { '#item': 'item' },
          ExpressionAttributeValues: { ':prefix': prefix },
          ConsistentRead: true,
        },
      );
      const events: ParkedEvent[] = [];
      for await (const { Items } of pages) events.push(...(Items ?? []).map(eventOfItem));
      return events.toSorted((a, b) => a.firstAt - b.firstAt);
    },
  };
}
