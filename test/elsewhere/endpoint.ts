/**
 * Which cloud the suites are pointed at: `AWS_ENDPOINT_URL`, and the keys that every emulator takes. Never a
 * person's own keys, and never a host that is not this machine unless somebody says so.
 */

/** Set to 1 to allow an endpoint on another machine. */
export const anyHostFlag = 'ONCEOVER_ELSEWHERE_ANY_HOST';

export const region = 'us-east-1';
/** What MiniStack, LocalStack and AWS's own emulator take, and no account on AWS does. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** An endpoint that is absent, malformed or somewhere else. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly code = 'endpoint';
}

/** The origin that AWS_ENDPOINT_URL names. @throws EndpointError with a sentence that says what to change. */
export function endpointOf(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['AWS_ENDPOINT_URL'] ?? '';
  if (given === '')
    throw new EndpointError('AWS_ENDPOINT_URL is not set; for example http://127.0.0.1:4566.');
  const url = URL.parse(given);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new EndpointError('AWS_ENDPOINT_URL must be an http or https address.');
  }
  if (!isLoopback(url.hostname) && env[anyHostFlag] !== '1') {
    throw new EndpointError(
      `AWS_ENDPOINT_URL names ${url.hostname}, which is not this machine. ` +
        `The suites create and delete tables, buckets and functions there; ${anyHostFlag}=1 allows it.`,
    );
  }
  return url.origin;
}

/** Names that resolve to this machine wherever they are asked. */
export function isLoopback(hostname: string): boolean {
  return (
    ['localhost', '[::1]'].includes(hostname) ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname) ||
    hostname.endsWith('.localhost')
  );
}
