/**
 * The chaos run's own books: every ticket and every end of a scan that the database really applied, seen from
 * outside the functions. What is stored in the end is judged against them.
 */
import type { EmbeddedDynamoDb } from '../../local/dynamodb/server.ts';
import { z } from 'zod';

/** One scan, as it was written. */
export interface Entry {
  readonly scanId: string;
  readonly accountId: string;
  /** By the clock of the cloud, not by the function's. */
  readonly issuedAt: number;
  /** Every applied change to a terminal state: exactly one is right. */
  readonly ends: { readonly state: string; readonly at: number }[];
}

export interface Books {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Follows the database; again after its hooks were cleared. */
  follow(): void;
}

const text = z.object({ S: z.string() });
const issue = z.object({
  Put: z.object({ TableName: z.string(), Item: z.object({ scanId: text, accountId: text }) }),
});
const update = z.object({
  TableName: z.string(),
  Key: z.object({ scanId: text }),
  ExpressionAttributeValues: z.object({ ':state': text }),
});
const settlement = z.object({ Update: update });
const actions = z.object({ TransactItems: z.array(z.unknown()) });

/** Opens empty books over a database. `scansTable`: its physical name. */
export function openBooks(database: EmbeddedDynamoDb, scansTable: string, now: () => number): Books {
  const entries = new Map<string, Entry>();
  const end = ({ Key, ExpressionAttributeValues }: z.infer<typeof update>): void =>
    void entries.get(Key.scanId.S)?.ends.push({ state: ExpressionAttributeValues[':state'].S, at: now() });

  function note(operation: string, body: unknown): void {
    if (operation === 'UpdateItem') {
      const alone = update.safeParse(body);
      if (alone.success && alone.data.TableName === scansTable) end(alone.data);
      return;
    }
    if (operation !== 'TransactWriteItems') return;
    for (const action of actions.parse(body).TransactItems) {
      const put = issue.safeParse(action);
      if (put.success && put.data.Put.TableName === scansTable) {
        const { scanId, accountId } = put.data.Put.Item;
        entries.set(scanId.S, { scanId: scanId.S, accountId: accountId.S, issuedAt: now(), ends: [] });
      }
      const ending = settlement.safeParse(action);
      if (ending.success && ending.data.Update.TableName === scansTable) end(ending.data.Update);
    }
  }

  const books: Books = {
    entries,
    follow: () => void database.faults.after(note),
  };
  books.follow();
  return books;
}
