/**
 * Reads the line and headers of an HTTP request into the one form that signature, policy and operations see.
 * Works on the raw target: `new URL()` would resolve `..` and rewrite escapes, and the signature covers what
 * was sent. Ambiguity (a header, query name or field given twice) is refused here, so that no later check can
 * look at one value while another one is used. Must not read the body.
 */
import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';

/** One request, percent-decoded. */
export interface S3Request {
  readonly method: string;
  /** The decoded path, with its leading slash. */
  readonly path: string;
  readonly bucket: string;
  /** The decoded object key; empty when the request is about the bucket. */
  readonly key: string;
  /** Decoded query, names as sent. */
  readonly query: ReadonlyMap<string, string>;
  /** Headers by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /**
   * Headers, and `x-amz-` query parameters as if they were headers: presigning moves headers into the query,
   * and S3 honours them there.
   */
  readonly fields: ReadonlyMap<string, string>;
}

const maxKeyBytes = 1024;
// XML 1.0 cannot carry these, so no listing could name such a key; S3 itself would store it.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unlistable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Reads method, path, query and headers; throws InvalidURI, InvalidRequest, InvalidArgument, KeyTooLongError. */
export function parseRequest(message: IncomingMessage): S3Request {
  const target = message.url ?? '';
  if (!target.startsWith('/')) throw new S3Error('InvalidURI');
  const mark = target.indexOf('?');
  const path = decode(mark < 0 ? target : target.slice(0, mark));
  const query = parseQuery(mark < 0 ? '' : target.slice(mark + 1));
  const headers = parseHeaders(message.rawHeaders);
  const slash = path.indexOf('/', 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const key = slash < 0 ? '' : path.slice(slash + 1);
  if (Buffer.byteLength(key) > maxKeyBytes) throw new S3Error('KeyTooLongError');
  if (unlistable.test(key)) throw new S3Error('InvalidURI');
  return { method: message.method ?? '', path, bucket, key, query, headers, fields: merge(headers, query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw cause instanceof URIError ? new S3Error('InvalidURI') : cause;
  }
}

function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const spaced = pair.replaceAll('+', ' ');
    const equals = spaced.indexOf('=');
    const name = decode(equals < 0 ? spaced : spaced.slice(0, equals));
    if (query.has(name)) throw new S3Error('InvalidArgument', 'A query parameter is given more than once.');
    query.set(name, equals < 0 ? '' : decode(spaced.slice(equals + 1)));
  }
  return query;
}

function parseHeaders(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (headers.has(name)) throw new S3Error('InvalidRequest', 'A header is given more than once.');
    headers.set(name, raw[at + 1] ?? '');
  }
  return headers;
}

function merge(headers: ReadonlyMap<string, string>, query: ReadonlyMap<string, string>) {
  const fields = new Map(headers);
  for (const [name, value] of query) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-')) continue;
    if (fields.has(lower)) throw new S3Error('InvalidArgument', 'A field is given in both header and query.');
    fields.set(lower, value);
  }
  return fields;
}
