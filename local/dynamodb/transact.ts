/**
 * TransactWriteItems and TransactGetItems over an engine of single operations. The caller holds the lock
 * alone while one runs; this file decides nothing about locks, faults or HTTP.
 *
 * Every action is run, also when an earlier one failed, because the answer gives a reason for each; when any
 * failed, everything that was written is put back from the journal.
 */
import type { Engine, Place } from './engine.ts';
import { isAnswer } from './engine.ts';
import type { BeforeImage, Journal } from './journal.ts';
import type { Answer, CancellationReason, Json, JsonObject, WireItem } from './protocol.ts';
import { cancelled, isRefusal, listOf, objectOf, ok, refusal, textOf } from './protocol.ts';
import type { Successes } from './successes.ts';

/** What a transaction needs from its surroundings. */
export interface TransactPorts {
  readonly engine: Engine;
  readonly journal: Journal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A text that no other journal record has. */
  readonly newId: () => string;
  readonly successes: Successes;
}

const maxActions = 100;

type Kind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

interface Action {
  readonly kind: Kind;
  /** The single operation that does it; a ConditionCheck is read as a conditional DeleteItem, never run. */
  readonly operation: 'PutItem' | 'UpdateItem' | 'DeleteItem';
  readonly body: JsonObject;
  readonly returnOld: boolean;
}

interface Target {
  readonly action: Action;
  readonly before: BeforeImage;
}

/** Applies all actions or none; the answer is DynamoDB's. */
export async function transactWrite(ports: TransactPorts, request: JsonObject): Promise<Answer> {
  const { engine, successes, now } = ports;
  const items = request['TransactItems'] ?? null;
  const token = request['ClientRequestToken'];
  const actions = actionsOf(engine, items);
  if (isAnswer(actions)) return actions;
  if (token !== undefined && (typeof token !== 'string' || token.length < 1 || token.length > 36))
    return invalid('ClientRequestToken must have 1 to 36 characters');
  const earlier = token === undefined ? undefined : successes.recall(token, items, now());
  if (earlier !== undefined) return earlier;

  const places: (Place | Answer)[] = [];
  for (const action of actions) places.push(await engine.locate(action.operation, action.body));
  const missingTable = places
    .filter(isAnswer)
    .find((answer) => isRefusal(answer, 'ResourceNotFoundException'));
  if (missingTable !== undefined) return missingTable;
  const located = places.filter((place): place is Place => !isAnswer(place));
  if (new Set(located.map((place) => place.identity)).size < located.length)
    return invalid('Transaction request cannot include multiple operations on one item');

  return apply(ports, actions, places, () => {
    if (token !== undefined) successes.remember(token, items, now());
  });
}

/** Reads up to 100 items as they are at one moment. */
export async function transactGet(engine: Engine, request: JsonObject): Promise<Answer> {
  const gets = listOf(request['TransactItems']).map((entry) => objectOf(objectOf(entry)['Get']));
  const outOfBounds = boundsOf(gets.length);
  if (outOfBounds !== undefined) return outOfBounds;
  const responses: JsonObject[] = [];
  for (const get of gets) {
    const one = pick(get, ['TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames']);
    const answer = await engine.run('GetItem', { ...one, ConsistentRead: true });
    if (answer.status !== 200) return answer;
    responses.push(pick(answer.body, ['Item']));
  }
  return ok({ Responses: responses });
}

async function apply(
  { engine, journal, newId }: TransactPorts,
  actions: readonly Action[],
  places: readonly (Place | Answer)[],
  remember: () => void,
): Promise<Answer> {
  const targets: (Target | Answer)[] = [];
  for (const [at, action] of actions.entries()) {
    const place = places[at];
    if (place === undefined) throw new Error('An action has no place');
    if (isAnswer(place)) targets.push(place);
    else {
      const { table, key } = place;
      targets.push({ action, before: { table, key, item: await engine.read(place) } });
    }
  }
  const written = targets.flatMap((target) => ('before' in target ? [target] : [])).filter(writes);
  const before = written.map((target) => target.before);

  const id = newId();
  await journal.begin({ id, before });
  const reasons: CancellationReason[] = [];
  let applied = false;
  try {
    for (const target of targets) reasons.push(await reasonFor(engine, target));
    applied = reasons.every((reason) => reason.Code === 'None');
  } finally {
    // Before the end, so that a journal on disk keeps the writes and the token's use together.
    if (applied) remember();
    else for (const image of before) await engine.restore(image);
    await journal.end(id);
  }
  return applied ? ok({}) : cancelled(reasons);
}

/** Runs one action and says why it failed, if it did. */
async function reasonFor(engine: Engine, target: Target | Answer): Promise<CancellationReason> {
  if (isAnswer(target)) return validationReason(target);
  const { action, before } = target;
  if (action.kind === 'ConditionCheck')
    return engine.conditionHolds(action.body, before.item) ? { Code: 'None' } : conditionReason(target);
  const answer = await engine.run(action.operation, action.body);
  if (answer.status === 200) return { Code: 'None' };
  if (isRefusal(answer, 'ConditionalCheckFailedException')) return conditionReason(target);
  return validationReason(answer);
}

function conditionReason({ action, before }: Target): CancellationReason {
  const item: WireItem | null = action.returnOld ? before.item : null;
  const reason = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' } as const;
  return item === null ? reason : { ...reason, Item: item };
}

const validationReason = (answer: Answer): CancellationReason => ({
  Code: 'ValidationError',
  Message: textOf(answer.body['message']),
});

const writes = (target: Target): boolean => target.action.kind !== 'ConditionCheck';

const shared = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
] as const;
const kinds: Readonly<Record<Kind, Pick<Action, 'operation'> & { takes: readonly string[]; needs: string }>> =
  {
    Put: { operation: 'PutItem', takes: ['Item'], needs: 'Item' },
    Update: { operation: 'UpdateItem', takes: ['Key', 'UpdateExpression'], needs: 'UpdateExpression' },
    Delete: { operation: 'DeleteItem', takes: ['Key'], needs: 'Key' },
    ConditionCheck: { operation: 'DeleteItem', takes: ['Key'], needs: 'ConditionExpression' },
  };
const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);

/** The actions of a request, or the refusal of the request as a whole. */
function actionsOf(engine: Engine, items: Json): readonly Action[] | Answer {
  const entries = listOf(items).map(objectOf);
  const outOfBounds = boundsOf(entries.length);
  if (outOfBounds !== undefined) return outOfBounds;
  const actions: Action[] = [];
  for (const entry of entries) {
    const names = Object.keys(entry).filter((name) => entry[name] !== null);
    const [kind] = names;
    if (kind === undefined || names.length > 1 || !isKind(kind))
      return invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    const { operation, takes, needs } = kinds[kind];
    const given = objectOf(entry[kind]);
    if (given[needs] === undefined) return invalid(`A ${kind} of a transaction needs its ${needs}`);
    const body = pick(given, [...shared, ...takes]);
    const refused = engine.check(operation, body);
    if (refused !== undefined) return refused;
    actions.push({ kind, operation, body, returnOld: asksForOld(given) });
  }
  return actions;
}

/** Whether a write or check wants the item that made its condition fail. */
export const asksForOld = (body: JsonObject): boolean =>
  body['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD';

function boundsOf(count: number): Answer | undefined {
  const bound = count < 1 ? 'greater than or equal to 1' : `less than or equal to ${maxActions}`;
  if (count >= 1 && count <= maxActions) return undefined;
  return invalid(
    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

const invalid = (message: string): Answer => refusal('ValidationException', message);

function pick(from: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name];
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
}
