/**
 * Time to live: the settings are kept and answered, but nothing expires by itself. AWS removes an item
 * "typically within two days", so no code may count on it; a test that wants to see it calls `expire`.
 */
import type { Engine } from './engine.ts';
import { isAnswer } from './engine.ts';
import type { Answer, JsonObject } from './protocol.ts';
import { objectOf, ok, refusal, textOf } from './protocol.ts';

/** Each table's TTL attribute and what can be done with it. The caller holds the lock alone. */
export interface Ttl {
  /** UpdateTimeToLive, applied at once. */
  update(body: JsonObject): Promise<Answer>;
  /** DescribeTimeToLive. */
  describe(body: JsonObject): Promise<Answer>;
  /** Removes every item whose TTL attribute is a number of epoch seconds in the past; returns how many. */
  expire(nowMs: number): Promise<number>;
}

/** Creates the TTL settings; `attributes` maps physical table names to what their definition says. */
export function createTtl(engine: Engine, attributes: Map<string, string>): Ttl {
  async function expireIn(table: string, attribute: string, nowMs: number): Promise<number> {
    let removed = 0;
    for (const item of await engine.items(table)) {
      const seconds = item[attribute]?.['N'];
      if (typeof seconds !== 'string' || Number(seconds) * 1000 > nowMs) continue;
      const place = await engine.locate('PutItem', { TableName: table, Item: { ...item } });
      if (isAnswer(place)) throw new Error(`A stored item does not fit ${table}`);
      await engine.restore({ ...place, item: null });
      removed += 1;
    }
    return removed;
  }

  return {
    update: async (body) => {
      const table = textOf(body['TableName']);
      const missing = await refusalFor(engine, table);
      if (missing !== undefined) return missing;
      const { AttributeName: attribute, Enabled: enabled } = objectOf(body['TimeToLiveSpecification']);
      if (typeof attribute !== 'string' || typeof enabled !== 'boolean')
        return refusal('ValidationException', 'TimeToLiveSpecification needs AttributeName and Enabled');
      if (enabled === attributes.has(table))
        return refusal(
          'ValidationException',
          `TimeToLive is already ${enabled ? 'enabled' : 'disabled'} for ${table}`,
        );
      if (enabled) attributes.set(table, attribute);
      else attributes.delete(table);
      return ok({ TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } });
    },
    describe: async (body) => {
      const table = textOf(body['TableName']);
      const missing = await refusalFor(engine, table);
      if (missing !== undefined) return missing;
      const attribute = attributes.get(table);
      const of = attribute === undefined ? {} : { AttributeName: attribute };
      const TimeToLiveStatus = attribute === undefined ? 'DISABLED' : 'ENABLED';
      return ok({ TimeToLiveDescription: { TimeToLiveStatus, ...of } });
    },
    expire: async (nowMs) => {
      let removed = 0;
      for (const [table, attribute] of attributes) removed += await expireIn(table, attribute, nowMs);
      return removed;
    },
  };
}

async function refusalFor(engine: Engine, table: string): Promise<Answer | undefined> {
  const answer = await engine.run('DescribeTable', { TableName: table });
  return answer.status === 200 ? undefined : answer;
}
