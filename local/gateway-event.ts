/**
 * The mapping between HTTP and API Gateway's payload format 2.0, both ways. Pure but for ids: no sockets,
 * no invocation.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import {
  validateHeaderName,
  validateHeaderValue,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** What the gateway writes back. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

const account = '000000000000';
const apiId = 'onceover';

/**
 * The event for one request. Repeated headers and query parameters are joined with commas, as on AWS. With
 * `trustForwarded` the first address in X-Forwarded-For is the source: for tests, which all come from one machine.
 */
export function eventOf(
  request: IncomingMessage,
  body: Buffer,
  nowMs: number,
  trustForwarded = false,
): APIGatewayProxyEventV2 {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const rawQueryString = mark === -1 ? '' : target.slice(mark + 1);
  const forwarded = trustForwarded ? request.headersDistinct['x-forwarded-for']?.[0] : undefined;
  const sourceIp =
    forwarded?.split(',')[0]?.trim() ?? (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const method = request.method ?? 'GET';
  const headers = headersOf(request, sourceIp);
  const cookies = (request.headersDistinct['cookie'] ?? []).flatMap((line) => line.split(/;\s*/));
  const query = queryOf(rawQueryString);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers,
    ...(cookies.length > 0 && { cookies }),
    ...(query !== undefined && { queryStringParameters: query }),
    requestContext: {
      accountId: account,
      apiId,
      domainName: (headers['host'] ?? 'localhost').replace(/:\d+$/, ''),
      domainPrefix: apiId,
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: accessLogTime(nowMs),
      timeEpoch: nowMs,
    },
    ...bodyOf(body, headers),
  };
}

/**
 * The answer in a handler's result: an object with a `statusCode`, or anything else as the JSON body of a
 * 200. Undefined when the status, a header or the body is not of the format.
 */
export function answerOf(payload: unknown): HttpAnswer | undefined {
  if (!isRecord(payload) || payload['statusCode'] === undefined) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const { statusCode, body = '', isBase64Encoded = false, headers: given = {}, cookies = [] } = payload;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined;
  if (statusCode < 200 || statusCode > 599) return undefined;
  if (typeof body !== 'string' || !isRecord(given) || !Array.isArray(cookies)) return undefined;
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(given)) {
    const text = String(value);
    if (!isHeader(name, text)) return undefined;
    if (!connectionHeaders.has(name.toLowerCase())) headers[name.toLowerCase()] = text;
  }
  const setCookies = cookies.map(String);
  if (!setCookies.every((cookie) => isHeader('set-cookie', cookie))) return undefined;
  if (setCookies.length > 0) headers['set-cookie'] = setCookies;
  return { statusCode, headers, body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') };
}

/** Belong to the connection, which is the gateway's own. */
const connectionHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

function headersOf(request: IncomingMessage, sourceIp: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    // Format 2.0 carries cookies apart.
    if (name !== 'cookie' && values !== undefined) headers[name] = values.join(',');
  }
  const forwarded = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = forwarded === undefined ? sourceIp : `${forwarded}, ${sourceIp}`;
  headers['x-forwarded-proto'] = 'http';
  headers['x-forwarded-port'] = String(request.socket.localPort);
  return headers;
}

function queryOf(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  return query;
}

/** Text travels as it is, anything else (and text that is not UTF-8) in base64. */
function bodyOf(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = headers['content-type'] ?? '';
  const isText =
    headers['content-encoding'] === undefined &&
    /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript)\b)/i.test(type) &&
    isUtf8(body);
  return isText
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}

/** `22/Nov/2026:10:11:12 +0000`, the form that API Gateway writes. */
function accessLogTime(nowMs: number): string {
  const [, day, month, year, time] = new Date(nowMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** Whether Node would write it: a header that it refuses makes the whole answer malformed. */
function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
