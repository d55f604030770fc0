/** Whom a version of the policy is told to, in DynamoDB: a page of accounts at a time, and a mark on each that was. */
import {
  ScanCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { AudienceStore } from '../../../core/people-ports.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { isConditionFailure, retryConflicts } from './failures.ts';

/** As long as a run can take. */
const takenMs = 15 * 60 * 1000;

const found = z.object({ accountId: z.string() });

/** The store over one environment's table. */
export function createAudienceStore(client: DynamoDBDocumentClient, { accounts }: TableNames): AudienceStore {
  type Update = Omit<UpdateCommandInput, 'TableName' | 'Key'>;

  /** False when the condition does not hold. */
  async function change(accountId: string, update: Update): Promise<boolean> {
    const Key = { accountId, item: itemKey.account };
    try {
      await retryConflicts(() => client.send(new UpdateCommand({ TableName: accounts, Key, ...update })));
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }

  return {
    async *untold(version) {
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: accounts,
            ProjectionExpression: 'accountId',
            FilterExpression:
              '#item = :account AND #state = :active AND attribute_exists(email) AND (attribute_not_exists(policyTold) OR policyTold <> :version) AND (attribute_not_exists(policyVersion) OR policyVersion <> :version)',
            ExpressionAttributeNames: { '#item': 'item', '#state': 'state' },
            ExpressionAttributeValues: {
              ':account': itemKey.account,
              ':active': 'active',
              ':version': version,
            },
            ExclusiveStartKey: from,
          }),
        );
        for (const item of page.Items ?? []) yield found.parse(item).accountId;
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },
    take: (accountId, version, now) =>
      change(accountId, {
        UpdateExpression: 'SET policyTakenAt = :now',
        ConditionExpression:
          '#state = :active AND (attribute_not_exists(policyTold) OR policyTold <> :version) AND (attribute_not_exists(policyTakenAt) OR policyTakenAt <= :before)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':active': 'active',
          ':version': version,
          ':now': now,
          ':before': now - takenMs,
        },
      }),
    async noteTold(accountId, version) {
      // Gone since it was read: nothing of it comes back.
      await change(accountId, {
        UpdateExpression: 'SET policyTold = :version REMOVE policyTakenAt',
        ConditionExpression: 'attribute_exists(accountId)',
        ExpressionAttributeValues: { ':version': version },
      });
    },
  };
}
