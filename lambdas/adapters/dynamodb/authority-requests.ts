/**
 * What authorities asked for, in the audit's table and in a partition of its own: who of the staff opened and who decided, and
 * counsel's reference. Not what was handed over.
 */
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { AuthorityRequest, AuthorityRequests } from '../../../core/people-ports.ts';
import { dataClasses, itemKey, type TableNames } from '../../../core/tables.ts';
import { isConditionFailure } from './failures.ts';
import { stamped, upgraded } from './layout.ts';

/** Its rows stand beside the days of the audit. */
const day = 'authority';
const keptMs = 3 * 365 * 24 * 60 * 60 * 1000;

const requestItem = z.object({
  item: z.string(),
  // Not `accountId`: the index by which a person sees who looked knows rows, and this is none.
  about: z.string(),
  authority: z.string(),
  counselReference: z.string(),
  classes: z.array(z.enum(dataClasses)),
  openedBy: z.string(),
  openedAt: z.int(),
  state: z.enum(['open', 'answered', 'refused']),
  decidedBy: z.string().exactOptional(),
  decidedAt: z.int().exactOptional(),
  disclosed: z.int().exactOptional(),
});

/** The store over one environment's table. */
export function createAuthorityRequests(
  client: DynamoDBDocumentClient,
  { audit }: TableNames,
): AuthorityRequests {
  const keyOf = (requestId: string) => ({ day, item: itemKey.authority(requestId) });
  return {
    async add({ requestId, accountId, ...request }) {
      await client.send(
        new PutCommand({
          TableName: audit,
          Item: stamped({
            ...keyOf(requestId),
            about: accountId,
            ...request,
            removeAfter: Math.ceil((request.openedAt + keptMs) / 1000),
          }),
        }),
      );
    },
    async find(requestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: audit, Key: keyOf(requestId), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : requestOfItem(Item);
    },
    async list() {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: audit,
          ConsistentRead: true,
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': 'day' },
          ExpressionAttributeValues: { ':day': day },
        }),
      );
      return (Items ?? []).map(requestOfItem).toSorted((a, b) => b.openedAt - a.openedAt);
    },
    async decide(requestId, { state, decidedBy, decidedAt, disclosed }) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: audit,
            Key: keyOf(requestId),
            UpdateExpression: 'SET #state = :state, decidedBy = :by, decidedAt = :at, disclosed = :disclosed',
            ConditionExpression: '#state = :open',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':state': state,
              ':by': decidedBy,
              ':at': decidedAt,
              ':disclosed': disclosed,
              ':open': 'open',
            },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
}

function requestOfItem(raw: unknown): AuthorityRequest {
  const { item, about, ...request } = requestItem.parse(upgraded(raw));
  return { requestId: item.slice(item.lastIndexOf('#') + 1), accountId: about, ...request };
}
