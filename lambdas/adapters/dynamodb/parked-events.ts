/** Events of the payment provider that could not be handled, in the operations table: nothing about a person. */
import { DeleteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ParkedEvents } from '../../../core/payment-ports.ts';
import { itemKey, parkedKeptMs, type TableNames } from '../../../core/tables.ts';

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
  };
}
