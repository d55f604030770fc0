/**
 * DynamoDB's JSON protocol (`application/x-amz-json-1.0`), as far as the front needs it: what a request
 * names, and how a refusal looks on the wire. Pure; it must not know the engine or HTTP.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** An item or key as it travels: attribute name to `{ S: … }`, `{ N: … }`; binary stays base64. */
export type WireItem = Readonly<Record<string, JsonObject>>;

/** The data-plane operations that tests can break or watch; every other operation is only forwarded. */
export const operations = [
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
] as const;
export type Operation = (typeof operations)[number];

/** A status and the JSON body that goes with it; 200 means applied. */
export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

export const ok = (body: JsonObject): Answer => ({ status: 200, body });

/** A refusal in the shape the SDK turns into the exception named `type`. */
export function refusal(type: string, message: string, details: JsonObject = {}): Answer {
  const status = type === 'InternalServerError' ? 500 : 400;
  return { status, body: { __type: `${namespaceOf(type)}#${type}`, message, ...details } };
}

/** True when an answer is the refusal named `type`. */
export const isRefusal = (answer: Answer, type: string): boolean =>
  textOf(answer.body['__type']).endsWith(`#${type}`);

/** Why one action of a transaction did or did not stand in its way. */
export interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'TransactionConflict' | 'ValidationError';
  readonly Message?: string;
  /** The item as it was, when the failed action asked for ALL_OLD and there was one. */
  readonly Item?: WireItem;
}

/** A cancelled transaction: one reason an action, in the order of the request. */
export function cancelled(reasons: readonly CancellationReason[]): Answer {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return refusal(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons.map((reason) => ({ ...reason })) },
  );
}

/** What one request may do to one table, in the words of an IAM policy. */
export interface TableAccess {
  readonly table: string;
  readonly action: string;
}

const transactActions: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** Every table a request names (physical names), with the action that IAM would ask for. */
export function accessesOf(operation: string, body: JsonObject): readonly TableAccess[] {
  const single = body['TableName'];
  if (typeof single === 'string') return [{ table: single, action: operation }];
  if (operation.startsWith('Batch')) {
    return Object.keys(objectOf(body['RequestItems'])).map((table) => ({ table, action: operation }));
  }
  return listOf(body['TransactItems']).flatMap((entry) =>
    Object.entries(objectOf(entry)).flatMap(([kind, action]) => {
      const table = objectOf(action)['TableName'];
      return typeof table === 'string' ? [{ table, action: transactActions[kind] ?? kind }] : [];
    }),
  );
}

/** The access key id of a SigV4 Authorization header; undefined when there is none. */
export function accessKeyIdOf(authorization: string | undefined): string | undefined {
  return /^AWS4-HMAC-SHA256 .*?Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
}

/** The JSON object that a text spells; undefined when it spells none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A JSON string as itself, anything else as the empty one. */
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** A JSON object as itself, anything else as the empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A JSON list as itself, anything else as the empty one. */
export function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** Attribute maps are checked by the engine; here anything that is not an object in an object is dropped. */
export function wireItemOf(value: Json | undefined): WireItem {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([name, of]) => [name, objectOf(of)]));
}

// Array.isArray does not narrow a readonly array out of a union by itself.
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);

function namespaceOf(type: string): string {
  if (type === 'ValidationException') return 'com.amazon.coral.validate';
  if (/^(Serialization|UnknownOperation|MissingAuthenticationToken)Exception$/.test(type)) {
    return 'com.amazon.coral.service';
  }
  return 'com.amazonaws.dynamodb.v20120810';
}
