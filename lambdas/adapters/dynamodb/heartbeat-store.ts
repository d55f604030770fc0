/** The cleaner's heartbeat in DynamoDB (ONE-5). */
import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { HeartbeatStore } from '../../../core/ports.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { isConditionFailure } from './failures.ts';

const heartbeatItem = z.object({ at: z.int() });

/** The store over one environment's tables. */
export function createHeartbeatStore(client: DynamoDBDocumentClient, names: TableNames): HeartbeatStore {
  const Key = { item: itemKey.heartbeat };
  return {
    async read() {
      const { Item } = await client.send(
        new GetCommand({ TableName: names.operations, Key, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : heartbeatItem.parse(Item).at;
    },
    async beat(now) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: names.operations,
            Key,
            UpdateExpression: 'SET #at = :now',
            ConditionExpression: 'attribute_not_exists(#at) OR #at < :now',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':now': now },
          }),
        );
      } catch (error) {
        // A later sweep has beaten already, or this very write was answered late.
        if (!isConditionFailure(error)) throw error;
      }
    },
  };
}
