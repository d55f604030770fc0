/** What staff did, in DynamoDB: rows that are only ever added, and removed after a year. */
import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { AuditBooks, AuditLog } from '../../../core/people-ports.ts';
import { unlisted } from '../../../core/staff.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { LayoutError, stamped, upgraded } from './layout.ts';

const keptMs = 365 * 24 * 60 * 60 * 1000;

const word = z.string().catch(unlisted);
// Words of the lists of their time. Whatever a row lacks is `unlisted`: it is shown, and hides no other.
const rowItem = z.object({
  item: z.string(),
  at: z.int().optional().catch(undefined),
  staff: word,
  category: word,
  action: word,
  reason: word,
  note: z.string().catch(''),
  accountId: z.string().optional().catch(undefined),
  refused: z.string().optional().catch(unlisted),
});

/** What later code did, this one cannot say. */
function readRow(raw: Record<string, unknown>): z.infer<typeof rowItem> {
  try {
    return rowItem.parse(upgraded(raw));
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return { ...rowItem.parse(raw), action: unlisted };
  }
}

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
        const { item, at = Date.parse(day), accountId, refused, ...row } = readRow(raw);
        return {
          auditId: item.slice(item.lastIndexOf('#') + 1),
          at,
          ...row,
          ...(accountId === undefined ? {} : { accountId }),
          ...(refused === undefined ? {} : { refused }),
        };
      });
    },
  };
}
