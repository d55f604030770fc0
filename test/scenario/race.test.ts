import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableNames, tables } from '../../core/tables.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { noon } from '../contract/given.ts';
import { raceScenarios } from './race.ts';

raceScenarios('embedded', async () => {
  const database = await startDynamoDb({ tables, tablePrefix: 'race-', now: () => noon });
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: database.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'race', secretAccessKey: 'race' },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  return {
    documents,
    names: tableNames('race-'),
    async close() {
      documents.destroy();
      await database.close();
    },
  };
});
