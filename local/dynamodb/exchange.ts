/**
 * One HTTP exchange of the DynamoDB front: reads the request, lets a fault have it or has it applied under the
 * lock, answers. It must not know how the store or a transaction works.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Engine } from './engine.ts';
import { isAnswer } from './engine.ts';
import type { ArmedFaults, Fault } from './faults.ts';
import { conflictAnswer } from './faults.ts';
import type { Keeper } from './keeper.ts';
import { isWrite } from './keeper.ts';
import type { Lock } from './lock.ts';
import type { Answer, JsonObject, Operation } from './protocol.ts';
import { accessesOf, accessKeyIdOf, isRefusal, operations, parseObject, refusal } from './protocol.ts';
import type { TransactPorts } from './transact.ts';
import { asksForOld, transactGet, transactWrite } from './transact.ts';
import type { Ttl } from './ttl.ts';

/** One access of one request to one table, as an IAM policy would see it. */
export interface Observation {
  /** The operation that was called. */
  readonly operation: string;
  /** What IAM would have to allow: the operation, or the single write, check or read in a transaction. */
  readonly action: string;
  /** Logical table name; one that does not carry the prefix stays as it is. */
  readonly table: string;
  readonly accessKeyId: string;
}

/** Everything a request meets behind the socket. */
export interface Service {
  readonly engine: Engine;
  readonly lock: Lock;
  readonly faults: ArmedFaults;
  readonly ttl: Ttl;
  readonly ports: TransactPorts;
  /** Absent: nothing outlives the process. */
  readonly keeper?: Keeper;
  readonly tablePrefix: string;
  readonly observe: (observation: Observation) => void;
  /** Ends waits that a closing server would hang on. */
  readonly closing: AbortSignal;
}

/** What happens on the socket in the end. */
type Ending = Answer | 'drop' | 'reset';

/** Owns one exchange: reads it, has it answered, writes the answer. Never rejects. */
export async function serve(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const ending = await endingOf(service, request);
    if (ending === 'drop') request.socket.destroy();
    else if (ending === 'reset') request.socket.resetAndDestroy();
    else send(response, ending);
  } catch (error) {
    // A bug here, in dynalite or in a test's hook; a client that went away no longer reads it.
    const message = error instanceof Error ? error.message : String(error);
    if (!response.headersSent) send(response, refusal('InternalServerError', message));
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    'x-amz-crc32': crc32(text),
  });
  response.end(text);
}

async function endingOf(service: Service, request: IncomingMessage): Promise<Ending> {
  const { faults, tablePrefix, observe, closing } = service;
  const operation = /^DynamoDB_20120810\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1];
  if (operation === undefined)
    return refusal('UnknownOperationException', 'No operation of DynamoDB 2012-08-10');
  const accessKeyId = accessKeyIdOf(request.headers.authorization);
  if (accessKeyId === undefined)
    return refusal('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  const body = await bodyOf(request);
  if (body === undefined) return refusal('SerializationException', 'The body is not a JSON object');

  const accesses = accessesOf(operation, body).map(({ table, action }) => {
    return { action, table: table.startsWith(tablePrefix) ? table.slice(tablePrefix.length) : table };
  });
  for (const access of accesses) observe({ operation, ...access, accessKeyId });
  if (!isDataOperation(operation)) return dispatch(service, operation, body);

  const tables = accesses.map((access) => access.table);
  const fault = faults.take(operation, tables, body);
  const instead = fault === undefined ? undefined : endingInstead(fault, tables);
  if (instead !== undefined) return instead;
  if (typeof fault?.effect === 'object') await wait(fault.effect.delayMs, undefined, { signal: closing });
  const answer = await dispatch(service, operation, body);
  await service.keeper?.flush();
  if (answer.status === 200) await faults.applied(operation, body);
  return fault?.effect === 'apply-then-drop' ? 'drop' : answer;
}

/** DynamoDB's own bound on a request, BatchWriteItem's 16 MB. */
const maxBodyBytes = 16 * 1024 * 1024;

/** The body as a JSON object; undefined when it is none or too big. */
async function bodyOf(request: IncomingMessage): Promise<JsonObject | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    // no encoding is set, so chunks are buffers
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return parseObject(Buffer.concat(chunks).toString('utf8'));
}

const isDataOperation = (operation: string): operation is Operation =>
  operations.some((name) => name === operation);

/** How a request ends that a fault keeps from being applied. */
function endingInstead(fault: Fault, tables: readonly string[]): Ending | undefined {
  switch (fault.effect) {
    case 'transaction-conflict':
      return conflictAnswer(fault, tables);
    case 'throttle':
      return refusal('ProvisionedThroughputExceededException', 'Throttled on request of a test');
    case 'internal-error':
      return refusal('InternalServerError', 'Failed on request of a test');
    case 'reset':
      return 'reset';
    case 'apply-then-drop':
    default:
      return undefined;
  }
}

function dispatch(service: Service, operation: string, body: JsonObject): Promise<Answer> {
  const { engine, lock, ttl, ports, keeper } = service;
  switch (operation) {
    case 'TransactWriteItems':
      return lock.exclusive(() => transactWrite(ports, body));
    case 'TransactGetItems':
      return lock.exclusive(() => transactGet(engine, body));
    case 'UpdateTimeToLive':
      return lock.exclusive(() => ttl.update(body));
    case 'DescribeTimeToLive':
      return lock.exclusive(() => ttl.describe(body));
    default:
      return asksForOld(body) || (keeper !== undefined && isWrite(operation))
        ? lock.exclusive(() => writeAlone(service, operation, body))
        : lock.shared(() => engine.run(operation, body));
  }
}

/** A write that must be seen by nobody before it is kept, or whose refusal shows the item. */
function writeAlone({ engine, keeper }: Service, operation: string, body: JsonObject): Promise<Answer> {
  const work = (): Promise<Answer> =>
    asksForOld(body) ? writeShowingOld(engine, operation, body) : engine.run(operation, body);
  return keeper === undefined ? work() : keeper.write(operation, body, work);
}

/** A single write whose failed condition answers with the item; alone, so that it is the item that failed it. */
async function writeShowingOld(engine: Engine, operation: string, body: JsonObject): Promise<Answer> {
  const answer = await engine.run(operation, body);
  if (!isRefusal(answer, 'ConditionalCheckFailedException')) return answer;
  const place = await engine.locate(operation, body);
  const item = isAnswer(place) ? null : await engine.read(place);
  return item === null ? answer : { status: answer.status, body: { ...answer.body, Item: item } };
}
