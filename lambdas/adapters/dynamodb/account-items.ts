/** What an account has in one table, page by page, by strong reads. */
import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Which of an account's items are read, and in which order. */
interface Choice {
  /** How the sort key `item` begins. Default: however */
  readonly prefix?: string;
  /** Only items with a `createdAt` from this moment on, epoch ms. Default: all */
  readonly since?: number;
  /** By the sort key. Default: as it rises */
  readonly newestFirst?: boolean;
}

/** Every item of an account in a table. */
export async function queryAccount(
  client: DynamoDBDocumentClient,
  table: string,
  accountId: string,
  { prefix, since, newestFirst = false }: Choice = {},
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression:
          prefix === undefined
            ? 'accountId = :accountId'
            : 'accountId = :accountId AND begins_with(#item, :prefix)',
        ...(prefix === undefined ? {} : { ExpressionAttributeNames: { '#item': 'item' } }),
        ...(since === undefined ? {} : { FilterExpression: 'createdAt >= :since' }),
        ExpressionAttributeValues: {
          ':accountId': accountId,
          ...(prefix === undefined ? {} : { ':prefix': prefix }),
          ...(since === undefined ? {} : { ':since': since }),
        },
        ScanIndexForward: !newestFirst,
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}
