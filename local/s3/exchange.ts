/**
 * One request and its answer, in the order that the promises need: read the head, know the signer, admit, meet
 * a fault, receive the body, perform, tell the observers, answer. Nothing is stored before all of the request
 * was verified. Must not hold state of its own: that is the storage's and the faults'.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Event } from 'aws-lambda';
import { receiveBody } from './body.ts';
import type { Answer } from './call.ts';
import { corsHeaders, preflight, type CorsRule } from './cors.ts';
import { S3Error } from './errors.ts';
import type { Fault, FaultAnswer, Faults } from './faults.ts';
import { createdEvent, type Creation } from './notification.ts';
import { route, type OperationDefinition, type Principal, type S3Operation } from './operations.ts';
import { perform } from './perform.ts';
import { admit } from './policy.ts';
import { parseRequest, type S3Request } from './request.ts';
import { authenticate, type Caller } from './signature.ts';
import type { Storage, StoredObject } from './storage.ts';
import { send } from './send.ts';
import { writeErrorXml } from './xml.ts';

/** One answered (or deliberately unanswered) request, as seen from the server. */
export interface StorageObservation {
  readonly operation: S3Operation | 'Preflight' | 'Unknown';
  /** Absent when the request was about the bucket or could not be read. */
  readonly key?: string;
  /** The signer's name, once the signature was verified. */
  readonly principal?: string;
  /** 0 when a fault reset the connection before anything was applied. */
  readonly status: number;
  readonly code?: string;
  /** False when a fault keeps the answer, or part of it, from the client. */
  readonly answered: boolean;
  /** The object's bytes: of what was stored or handed out. */
  readonly size?: number;
  /** Epoch ms, by the server's clock. */
  readonly at: number;
  /** What broke inside the server, with InternalError only. */
  readonly cause?: unknown;
}

/** How the bucket is set up. */
export interface ServerSettings {
  readonly bucket: string;
  /** Default: `us-east-1` */
  readonly region?: string;
  /** The clock of everything that the server says and decides, epoch ms. */
  readonly now: () => number;
  readonly principals: readonly Principal[];
  readonly cors: CorsRule;
  /** The bucket policy's `s3:signatureAge` for presigned requests, ms. */
  readonly maxSignatureAgeMs: number;
  /** Takes the event of each created object over, before its upload is answered. Must not throw or reject. */
  readonly notify: ((event: S3Event) => void) | ((event: S3Event) => Promise<void>);
  /** Sees each request when its answer is decided and not yet sent. Default: nobody looks. */
  readonly observe?: (observation: StorageObservation) => void;
}

/** The server that an exchange belongs to. */
export interface Host {
  readonly settings: ServerSettings;
  readonly storage: Storage;
  readonly faults: Faults;
  readonly nextSequencer: () => string;
}

/** What is known of a request so far; filled in on its way. */
interface Trace {
  readonly requestId: string;
  request?: S3Request;
  operation?: OperationDefinition;
  caller?: Caller;
  fault?: Fault;
  performed: boolean;
  /** It came as far as the stored objects, which may have refused it: a HEAD of what is gone, for one. */
  reached: boolean;
}

/** Ends an exchange whose fault is to be reset unapplied. */
class UnappliedReset extends Error {}

/** A refusal that a test ordered. */
class OrderedRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(answer: Exclude<FaultAnswer, string>) {
    super(answer.code);
    this.status = answer.status;
    this.code = answer.code;
  }
}

/**
 * Serves one request; rejects only when `observe`, `notify` or a hook of a test throws. `goOn` sends
 * `100 Continue` where the client waits for it.
 */
export async function serve(
  host: Host,
  message: IncomingMessage,
  response: ServerResponse,
  goOn: () => void,
): Promise<void> {
  const trace: Trace = {
    requestId: randomBytes(8).toString('hex').toUpperCase(),
    performed: false,
    reached: false,
  };
  let answer: Answer | undefined;
  let failure: unknown;
  try {
    answer = await answerTo(host, trace, message, goOn);
  } catch (cause) {
    failure = cause;
    if (!(cause instanceof UnappliedReset)) answer = refusal(trace, message.method, cause);
  }
  observe(host, trace, answer, failure);
  if (answer?.created !== undefined) await announce(host, trace, message, answer.created);
  if (trace.reached && trace.operation !== undefined)
    await host.faults.leave(trace.operation.name, trace.request?.key ?? '');
  send({
    message,
    response,
    answer,
    answerFault: trace.performed ? trace.fault?.answer : undefined,
    headers: {
      'x-amz-request-id': trace.requestId,
      server: 'onceover-embedded-s3',
      date: new Date(host.settings.now()).toUTCString(),
      ...corsHeaders(trace.request?.headers.get('origin'), message.method ?? '', host.settings.cors),
    },
  });
}

async function answerTo(
  { settings, storage, faults }: Host,
  trace: Trace,
  message: IncomingMessage,
  goOn: () => void,
): Promise<Answer> {
  const startedAt = settings.now();
  const request = parseRequest(message);
  trace.request = request;
  // Listing all buckets is nobody's right here.
  if (request.bucket === '') throw new S3Error('AccessDenied');
  if (request.bucket !== settings.bucket) throw new S3Error('NoSuchBucket');
  if (request.method === 'OPTIONS') return preflight(request, settings.cors);
  const region = settings.region ?? 'us-east-1';
  const caller = authenticate(request, { principals: settings.principals, region, at: startedAt });
  trace.caller = caller;
  const operation = route(request);
  trace.operation = operation;
  admit(request, operation, caller, settings);
  const fault = faults.take(operation.name, request.key);
  if (fault !== undefined) trace.fault = fault;
  await faults.reach(operation.name, request.key, fault);
  if (fault?.answer === 'reset') throw new UnappliedReset();
  if (typeof fault?.answer === 'object') throw new OrderedRefusal(fault.answer);
  const body = await receiveBody(message, request, operation, caller.payloadHash, goOn);
  trace.reached = true;
  const answer = perform(operation.name, {
    request,
    principal: caller.principal,
    body,
    bucket: settings.bucket,
    at: settings.now(),
    storage,
    faults,
  });
  trace.performed = true;
  return answer;
}

function known(cause: unknown): S3Error | OrderedRefusal {
  return cause instanceof S3Error || cause instanceof OrderedRefusal ? cause : new S3Error('InternalError');
}

function refusal(trace: Trace, method: string | undefined, cause: unknown): Answer {
  const { status, code, message } = known(cause);
  if (method === 'HEAD') return { status };
  const body = writeErrorXml(code, message, trace.requestId);
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function observe({ settings }: Host, trace: Trace, answer: Answer | undefined, failure: unknown): void {
  const { request, operation, caller, fault } = trace;
  const reason = failure === undefined || answer === undefined ? undefined : known(failure);
  const size =
    answer?.created?.bytes.length ?? (answer?.body instanceof Buffer ? answer.body.length : undefined);
  const cut = trace.performed && (fault?.answer === 'apply-then-reset' || fault?.answer === 'truncate');
  settings.observe?.({
    operation: operation?.name ?? (request?.method === 'OPTIONS' ? 'Preflight' : 'Unknown'),
    ...(request === undefined || request.key === '' ? {} : { key: request.key }),
    ...(caller === undefined ? {} : { principal: caller.principal.name }),
    status: answer?.status ?? 0,
    ...(reason === undefined ? {} : { code: reason.code }),
    answered: answer !== undefined && !cut,
    ...(size === undefined ? {} : { size }),
    at: settings.now(),
    ...(reason?.code === 'InternalError' && !(failure instanceof OrderedRefusal) ? { cause: failure } : {}),
  });
}

function announce(host: Host, trace: Trace, message: IncomingMessage, object: StoredObject): Promise<void> {
  return announceCreated(host, object, {
    principal: trace.caller?.principal.name ?? '',
    sourceIpAddress: message.socket.remoteAddress ?? '127.0.0.1',
    requestId: trace.requestId,
  });
}

/** Sends the events that an earlier process stored objects for and could not send any more. */
export async function announceLeft(host: Host): Promise<void> {
  for (const object of host.storage.unannounced())
    await announceCreated(host, object, {
      principal: '',
      sourceIpAddress: '127.0.0.1',
      requestId: randomBytes(8).toString('hex').toUpperCase(),
    });
}

async function announceCreated(
  { settings, storage, nextSequencer }: Host,
  object: StoredObject,
  cause: Pick<Creation, 'principal' | 'sourceIpAddress' | 'requestId'>,
): Promise<void> {
  await settings.notify(
    createdEvent(object, {
      // The ETag of a multipart object, and no other, has a hyphen.
      eventName: object.etag.includes('-') ? 'ObjectCreated:CompleteMultipartUpload' : 'ObjectCreated:Put',
      bucket: settings.bucket,
      region: settings.region ?? 'us-east-1',
      at: settings.now(),
      sequencer: nextSequencer(),
      ...cause,
      extendedRequestId: randomBytes(24).toString('base64'),
    }),
  );
  storage.announced(object.key);
}
