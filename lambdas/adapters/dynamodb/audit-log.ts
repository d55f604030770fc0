/** What staff did, in DynamoDB: rows that are only ever added, and removed after a year. */
import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { AuditBooks, AuditLog } from '../../../core/people-ports.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { stamped, upgraded } from './layout.ts';

const keptMs = 365 * 24 * 60 * 60 * 1000;

const rowItem = z.object({
  item: z.string(),
  at: z.int(),
  staff: z.string(),
  // Words of the lists of their time: a row that today's code did not write is shown, and hides no other.
  category: z.string(),
  action: z.string(),
  reason: z.string(),
  note: z.string(),
  accountId: z.string().exactOptional(),
  refused: z.string().exactOptional(),
});

/** The log over one environment's table. */
export function createAuditLog(client: DynamoDBDocumentClient, { audit }: TableNames): AuditLog & AuditBooks {
  return {
    async record({ auditId, at, ...row }) {
      await client.send(
        new PutCommand({
          TableName: audit,
          Item: stamped({
            day: new Date(at).toISOString().slice(0, 10),
            item: itemKey.audit(at, auditId),
            at,
            ...row,
            removeAfter: Math.ceil((at + keptMs) / 1000),
          }),
          ConditionExpression: 'attribute_not_exists(#day)',
          ExpressionAttributeNames: { '#day': 'day' },
        }),
      );
    },
    async rowsOf(day) {
      const items: Record<string, unknown>[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: audit,
            ConsistentRead: true,
            KeyConditionExpression: '#day = :day',
            ExpressionAttributeNames: { '#day': 'day' },
            ExpressionAttributeValues: { ':day': day },
            ExclusiveStartKey: from,
          }),
        );
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return items.map((raw) => {
        const { item, ...row } = rowItem.parse(upgraded(raw));
        return { auditId: item.slice(item.lastIndexOf('#') + 1), ...row };
      });
    },
  };
}
