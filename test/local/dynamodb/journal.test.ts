import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../../local/dynamodb/engine.ts';
import { openEngine } from '../../../local/dynamodb/engine.ts';
import type { Journal, JournalRecord } from '../../../local/dynamodb/journal.ts';
import type { JsonObject } from '../../../local/dynamodb/protocol.ts';
import { rememberSuccesses } from '../../../local/dynamodb/successes.ts';
import { transactWrite } from '../../../local/dynamodb/transact.ts';
import { counters, countersName, entries, entriesName, prefix } from './given.ts';

/** Keeps records as text, the way a file would, so that what is not JSON shows. */
function textJournal(): Journal & { readonly lines: Map<string, string> } {
  const lines = new Map<string, string>();
  return {
    lines,
    begin: async (record) => void lines.set(record.id, JSON.stringify(record)),
    end: async (id) => void lines.delete(id),
  };
}

const counter = (id: string, units: number) => ({
  TableName: countersName,
  Item: { id: { S: id }, units: { N: String(units) } },
});
const entryKey = { TableName: entriesName, Key: { owner: { S: 'o' }, at: { N: '1' } } };
const entry = {
  TableName: entriesName,
  Item: { ...entryKey.Key, tag: { S: 't' }, deep: { M: { z: { N: '1' }, a: { L: [] } } } },
};

/** An update, a creation and a deletion. */
const threeWrites: JsonObject = {
  TransactItems: [
    {
      Update: {
        TableName: countersName,
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET units = units + :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
    { Put: counter('new', 1) },
    { Delete: entryKey },
  ],
};

async function givenStore(): Promise<Engine> {
  const engine = await openEngine([counters, entries], prefix);
  onTestFinished(() => engine.close());
  await engine.run('PutItem', counter('a', 1));
  await engine.run('PutItem', entry);
  return engine;
}

const portsOver = (engine: Engine, journal: Journal) => ({
  engine,
  journal,
  now: () => 0,
  newId: randomUUID,
  successes: rememberSuccesses(),
});

const isWrite = (operation: string) => /^(Put|Update|Delete)Item$/.test(operation);

describe('the journal', () => {
  test('has every before-image before the first write and nothing after the last', async () => {
    const engine = await givenStore();
    const journal = textJournal();
    const seen: string[][] = [];
    const run: Engine['run'] = (operation, body) => {
      if (isWrite(operation)) seen.push([...journal.lines.values()]);
      return engine.run(operation, body);
    };
    await transactWrite(portsOver({ ...engine, run }, journal), threeWrites);
    expect(seen.map((lines) => lines.length)).toEqual([1, 1, 1]);
    const record: JournalRecord = JSON.parse(seen[0]?.[0] ?? '');
    expect(record.before).toEqual([
      { table: countersName, key: { id: { S: 'a' } }, item: counter('a', 1).Item },
      { table: countersName, key: { id: { S: 'new' } }, item: null },
      { table: entriesName, key: entryKey.Key, item: entry.Item },
    ]);
    expect(journal.lines.size).toBe(0);
  });
});
