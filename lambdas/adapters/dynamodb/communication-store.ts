/** Messages, answers to surveys and reports in DynamoDB. */
import {
  DeleteCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { CommunicationStore, WaitingMessage } from '../../../core/people-ports.ts';
import type { Message } from '../../../core/message.ts';
import { waitingIndex, type TableNames } from '../../../core/tables.ts';
import { queryAccount } from './account-items.ts';
import {
  feedbackOfItem,
  itemOfFeedback,
  itemOfMessage,
  itemOfReport,
  messageIdOf,
  messageOfItem,
  reportOfItem,
  reportsPartition,
  waiting,
  waitingFeedback,
  waitingMinor,
} from './communication-item.ts';
import { isActive } from './erasure-store.ts';
import { isConditionFailure, transact } from './failures.ts';

const messagePrefix = 'message#';
const minorPrefix = 'minor#';
const feedbackPrefix = 'feedback#';
const waitingItem = z.object({ accountId: z.string(), item: z.string(), at: z.int() });

/** The store over one environment's table. */
export function createCommunicationStore(
  client: DynamoDBDocumentClient,
  names: TableNames,
): CommunicationStore {
  const table = names.communications;
  /** Beside a look at the account, so that nothing is stored for one that is severed. */
  const add = (accountId: string, Item: Record<string, unknown>): Promise<boolean> =>
    transact(client, [isActive(names, accountId), { Put: { TableName: table, Item } }]);
  const itemsOf = (accountId: string, prefix: string): Promise<readonly Record<string, unknown>[]> =>
    queryAccount(client, table, accountId, { prefix, newestFirst: true });

  /** The sort key holds the moment too, which a caller does not know. */
  async function keyOf(accountId: string, prefix: string, id: string) {
    const found = (await itemsOf(accountId, prefix)).find(({ item }) => String(item).endsWith(`#${id}`));
    return found === undefined ? undefined : { accountId, item: found['item'] };
  }

  async function remove(accountId: string, prefix: string, id: string): Promise<boolean> {
    const Key = await keyOf(accountId, prefix, id);
    if (Key === undefined) return false;
    await client.send(new DeleteCommand({ TableName: table, Key }));
    return true;
  }

  /** What waits, oldest first, or newest first. */
  async function listOf(
    value: string,
    limit: number,
    newestFirst = false,
  ): Promise<readonly WaitingMessage[]> {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: waitingIndex,
        KeyConditionExpression: 'waiting = :waiting',
        ExpressionAttributeValues: { ':waiting': value },
        Limit: limit,
        ScanIndexForward: !newestFirst,
      }),
    );
    return (Items ?? []).map((item) => {
      const { accountId, item: key, at } = waitingItem.parse(item);
      return { accountId, messageId: messageIdOf(key), at };
    });
  }

  return {
    addMessage: (accountId, message) => add(accountId, itemOfMessage(accountId, message)),
    listMessages: async (accountId) => (await itemsOf(accountId, messagePrefix)).map(messageOfItem),
    removeMessage: (accountId, messageId) => remove(accountId, messagePrefix, messageId),
    async answerMessage(accountId, messageId, { text, at }): Promise<Message | undefined> {
      const Key = await keyOf(accountId, messagePrefix, messageId);
      if (Key === undefined) return undefined;
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: table,
            Key,
            UpdateExpression: 'SET answer = :text, answeredAt = :at REMOVE waiting',
            // A message that was deleted meanwhile stays so.
            ConditionExpression: 'attribute_exists(accountId)',
            ExpressionAttributeValues: { ':text': text, ':at': at },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return messageOfItem(Attributes);
      } catch (error) {
        if (isConditionFailure(error)) return undefined;
        throw error;
      }
    },
    listWaiting: (limit) => listOf(waiting, limit),
    listMinors: (limit) => listOf(waitingMinor, limit),
    listMinorReports: async (accountId) => (await itemsOf(accountId, minorPrefix)).map(reportOfItem),
    async settleMinorReports(accountId) {
      for (const { item } of await itemsOf(accountId, minorPrefix)) {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: { accountId, item },
            UpdateExpression: 'REMOVE waiting',
            ConditionExpression: 'attribute_exists(accountId)',
          }),
        );
      }
    },
    listReports: async () => (await itemsOf(reportsPartition, 'security#')).map(reportOfItem),
    listSurveys: (limit) => listOf(waitingFeedback, limit, true),
    listFeedback: async (accountId) => (await itemsOf(accountId, feedbackPrefix)).map(feedbackOfItem),
    removeFeedback: (accountId, feedbackId) => remove(accountId, feedbackPrefix, feedbackId),
    addFeedback: (accountId, feedback) => add(accountId, itemOfFeedback(accountId, feedback)),
    async addReport(report) {
      await client.send(new PutCommand({ TableName: table, Item: itemOfReport(reportsPartition, report) }));
    },
  };
}
