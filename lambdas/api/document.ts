/** The OpenAPI 3.1 document of the API, made of the same routes and schemas that validate requests. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { errorCodes, OnceoverError } from '../../core/errors.ts';
import { problemExtras, reference } from './examples.ts';
import { problemOf } from './problems.ts';
import type { ApiEnv } from './requests.ts';

/** Registers what the routes refer to: how a caller signs in, and an example of each problem. */
export function registerComponents({ openAPIRegistry }: OpenAPIHono<ApiEnv>): void {
  openAPIRegistry.registerComponent('securitySchemes', 'accessToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the issuer; it lives for five minutes.',
  });
  for (const code of errorCodes) {
    const example = { ...problemExtras[code], ...problemOf(new OnceoverError(code), reference) };
    openAPIRegistry.registerComponent('examples', code, { value: example });
  }
}

/** Describes every registered route. */
export function describeApi(api: OpenAPIHono<ApiEnv>) {
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'onceover',
      version: '1.0.0',
      description:
        'An image gets one look. A photo is uploaded to a presigned address, looked at once, and deleted in the same breath; only a high-level result is kept. Every error is an RFC 9457 problem document: decide by `code`, quote `reference` to support. Fields and codes may be added within v1; ignore what you do not know.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'The host that serves this document.' }],
    tags: [
      { name: 'scans', description: 'One photo, one look, one result.' },
      { name: 'sessions', description: 'Signing in by e-mail, without a password.' },
      { name: 'me', description: 'What I said, agreed to and can take back.' },
      { name: 'purchases', description: 'What I bought, and what is left of it.' },
      { name: 'messages', description: 'What I write, and what is answered.' },
      { name: 'reports', description: 'What anybody may report.' },
      { name: 'product', description: 'What anyone may know.' },
    ],
  });
}
