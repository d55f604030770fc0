/**
 * Signed calls to the few services of AWS that the commands ask and the product has no client for. Credentials come the
 * way every AWS tool finds them; they are never printed. Each call has a limit in time.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../lib/sha256.ts';

/** A service refused, or did not answer. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  readonly code = 'aws-call';
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  /** The service's own word for it, for example `ParameterNotFound`. */
  readonly awsCode: string;

  constructor(what: string, status: number, awsCode: string, options?: ErrorOptions) {
    super(`${what}: ${status === 0 ? 'no answer' : `${status} ${awsCode}`}`, options);
    this.status = status;
    this.awsCode = awsCode;
  }
}

/** There are no credentials to be found. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
  readonly code = 'no-credentials';
}

export interface AwsRequest {
  readonly service: string;
  /** Part of the host name. Default: `service` */
  readonly host?: string;
  readonly method?: 'GET' | 'POST';
  /** Default: `/` */
  readonly path?: string;
  /** An operation of a JSON protocol, for example `AmazonSSM.GetParameter`. */
  readonly target?: string;
  /** JSON, or a form for the query protocol. */
  readonly body?: Readonly<Record<string, unknown>> | URLSearchParams;
}

/** Sends a request; answers the body's text. @throws AwsCallError, NoCredentials */
export type AwsCall = (request: AwsRequest) => Promise<string>;

const limitMs = 15_000;

/** Keys that sign a call. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The chain of credentials of every AWS tool, without a client for each service. */
function chainOf(region: string): () => Promise<AwsKeys> {
  return new S3Client({ region }).config.credentials;
}

/** Calls in one region, or to AWS_ENDPOINT_URL where that is set. Default of `credentials`: as every AWS tool finds them. */
export function createAwsCall(
  region: string,
  env: Readonly<Record<string, string | undefined>>,
  credentials: () => Promise<AwsKeys> = chainOf(region),
): AwsCall {
  const signers = new Map<string, SignatureV4>();
  return async ({ service, host = service, method = 'POST', path = '/', target, body }) => {
    const given = await credentials().catch((cause: unknown) => {
      throw new NoCredentials('no AWS credentials were found', { cause });
    });
    const signer =
      signers.get(service) ??
      new SignatureV4({ service, region, credentials: given, sha256: Sha256, uriEscapePath: true });
    signers.set(service, signer);
    const endpoint = new URL(env['AWS_ENDPOINT_URL'] ?? `https://${host}.${region}.amazonaws.com`);
    const isForm = body instanceof URLSearchParams;
    const text = body === undefined ? undefined : isForm ? body.toString() : JSON.stringify(body);
    const type = isForm
      ? 'application/x-www-form-urlencoded'
      : target === undefined
        ? 'application/json'
        : 'application/x-amz-json-1.1';
    const signed = await signer.sign({
      method,
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
      path,
      query: {},
      headers: {
        host: endpoint.host,
        'content-type': type,
        ...(target === undefined ? {} : { 'x-amz-target': target }),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const { host: _host, ...headers } = signed.headers;
    const what = `${service} ${target ?? `${method} ${path}`}`;
    const answer = await fetch(`${endpoint.origin}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(limitMs),
      ...(text === undefined ? {} : { body: text }),
    }).catch((cause: unknown) => {
      throw new AwsCallError(what, 0, '', { cause });
    });
    const answered = await answer.text();
    if (!answer.ok) throw new AwsCallError(what, answer.status, codeOf(answered, answer.headers));
    return answered;
  };
}

/** The word for an error, wherever a protocol puts it. */
function codeOf(text: string, headers: Headers): string {
  const header = headers.get('x-amzn-errortype');
  const found =
    header ?? /"(?:__type|code)"\s*:\s*"([^"]+)"|<Code>([^<]+)</.exec(text)?.slice(1).join('') ?? '';
  return (found.split('#').at(-1) ?? '').split(':')[0] ?? '';
}
