/** The product's tables in another cloud, created from the same data as everywhere else, and removed again. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  waitUntilTableExists,
  type DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { projectionOf, tables, type KeyAttribute, type TableDefinition } from '../../core/tables.ts';

const waitSeconds = 30;

/** Creates every table behind the prefix and waits until they can be used. */
export async function createTables(client: DynamoDBClient, prefix: string): Promise<void> {
  await Promise.all(
    tables.map(async (table) => {
      await client.send(creationOf(table, prefix));
      await waitUntilTableExists(
        { client, maxWaitTime: waitSeconds, minDelay: 0.1, maxDelay: 1 },
        { TableName: `${prefix}${table.name}` },
      );
    }),
  );
}

/** Removes every table behind the prefix. */
export async function removeTables(client: DynamoDBClient, prefix: string): Promise<void> {
  for (const { name } of tables) {
    await client.send(new DeleteTableCommand({ TableName: `${prefix}${name}` }));
  }
}

function creationOf(table: TableDefinition, prefix: string): CreateTableCommand {
  const keys = [table, ...table.indexes].flatMap(({ partitionKey, sortKey }) => [
    partitionKey,
    ...(sortKey === undefined ? [] : [sortKey]),
  ]);
  const attributes = new Map(keys.map(({ name, type }) => [name, type]));
  return new CreateTableCommand({
    TableName: `${prefix}${table.name}`,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: schemaOf(table.partitionKey, table.sortKey),
    ...(table.indexes.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: table.indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: schemaOf(index.partitionKey, index.sortKey),
            Projection: projectionOf(index),
          })),
        }),
  });
}

function schemaOf(partitionKey: KeyAttribute, sortKey: KeyAttribute | undefined): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey.name, KeyType: 'HASH' },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey.name, KeyType: 'RANGE' } as const]),
  ];
}
