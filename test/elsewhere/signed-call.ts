/**
 * Signed JSON calls over fetch to services that the product itself has no SDK client for. Every call has a time limit
 * of its own.
 */
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../lib/sha256.ts';
import { credentials, region } from './endpoint.ts';

class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly code = 'unexpected-answer';
}

/** Whose call it is. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A cold start is in it. */
const callLimitMs = 60_000;

/** Sends JSON, or a text as it is, and answers a success. */
export type SignedCall = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Response>;

/** Calls to one service; an answer that is no success rejects. */
export function createSignedCall(
  service: string,
  endpoint: string,
  keys: SigningKeys = credentials,
): SignedCall {
  const { protocol, hostname, host, port } = new URL(endpoint);
  const signer = new SignatureV4({ service, region, credentials: keys, sha256: Sha256 });
  return async (method, path, body, headers = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const signed = await signer.sign({
      method,
      protocol,
      hostname,
      path,
      query: {},
      ...(port === '' ? {} : { port: Number(port) }),
      headers: { host, 'content-type': 'application/json', ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    const { host: _host, ...sent } = signed.headers;
    const answer = await fetch(`${endpoint}${path}`, {
      method,
      headers: sent,
      signal: AbortSignal.timeout(callLimitMs),
      ...(text === undefined ? {} : { body: text }),
    });
    if (answer.ok) return answer;
    throw new UnexpectedAnswerError(`${service}: ${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
}
