/**
 * The API's routes as data: what each takes and answers, from which the requests are validated and the OpenAPI
 * document is made. No handler is here.
 */
import { createRoute, z } from '@hono/zod-openapi';
import {
  deletedScanSchema,
  healthSchema,
  historyQuerySchema,
  historySchema,
  idempotencyKeySchema,
  policyViewSchema,
  problemSchema,
  renameSchema,
  scanIdSchema,
  scanQuerySchema,
  scanViewSchema,
  statusSchema,
  ticketRequestSchema,
  ticketSchema,
} from '../../core/contract.ts';
import { errorDescriptions, type ErrorCode } from '../../core/errors.ts';
import * as examples from './examples.ts';
import { problemMediaType } from './problems.ts';

/** Anything can be asked wrongly, anything can break, and whatever is needed for it can be too busy. */
export const everywhere: readonly ErrorCode[] = ['invalid-request', 'internal', 'busy'];
/** Routes that act for a person. */
export const signedIn: readonly ErrorCode[] = [...everywhere, 'unauthenticated', 'account-inactive'];
/** Routes that take a body. */
export const withBody: readonly ErrorCode[] = ['request-too-large', 'unsupported-media-type'];

/** How a person's routes are called. */
export const security = [{ accessToken: [] }];
const scanPath = z.object({ id: scanIdSchema });

export const createScan = createRoute({
  method: 'post',
  path: '/v1/scans',
  operationId: 'createScan',
  tags: ['scans'],
  summary: 'Ask for a ticket: one photo may be uploaded and looked at once',
  description:
    'Takes one scan from the plan and answers with an address to which exactly this photo can be uploaded within 60 seconds. The same Idempotency-Key with the same body answers with the same scan for 24 hours; nothing is taken twice. Whatever ends without a result gives its scan back.',
  security,
  request: {
    headers: z.object({ 'Idempotency-Key': idempotencyKeySchema }),
    body: {
      required: true,
      content: { 'application/json': { schema: ticketRequestSchema, example: examples.ticketRequest } },
    },
  },
  responses: {
    201: {
      description: 'A new scan. Upload the photo now.',
      headers: z.object({ Location: z.string().meta({ description: 'Where the scan can be read.' }) }),
      content: { 'application/json': { schema: ticketSchema, example: examples.ticket } },
    },
    200: {
      description: 'The scan that the same request made before.',
      headers: z.object({ Location: z.string().meta({ description: 'Where the scan can be read.' }) }),
      content: { 'application/json': { schema: ticketSchema, example: examples.ticket } },
    },
    ...problems([
      ...signedIn,
      ...withBody,
      'too-many-bytes',
      'unsupported-content-type',
      'idempotency-key-reused',
      'scan-gone',
      'adults-only',
      'policy-changed',
      'consent-required',
      'cleaner-not-alive',
      'too-many-scans',
      'no-scans-left',
    ]),
  },
});

export const listScans = createRoute({
  method: 'get',
  path: '/v1/scans',
  operationId: 'listScans',
  tags: ['scans'],
  summary: 'The history of scans, newest first',
  description: 'A scan of the last second may be missing; read it by its id.',
  security,
  request: { query: historyQuerySchema },
  responses: {
    200: {
      description: 'One page. `next`, when there is one, leads to the page after it.',
      content: { 'application/json': { schema: historySchema, example: examples.history } },
    },
    ...problems(signedIn),
  },
});

export const readScan = createRoute({
  method: 'get',
  path: '/v1/scans/{id}',
  operationId: 'readScan',
  tags: ['scans'],
  summary: 'One scan, waiting up to 5 seconds for its end',
  security,
  request: { params: scanPath, query: scanQuerySchema },
  responses: {
    200: {
      description: 'The scan as it is now, ended or not.',
      content: { 'application/json': { schema: scanViewSchema, example: examples.completedScan } },
    },
    ...problems([...signedIn, 'scan-not-found']),
  },
});

export const renameScan = createRoute({
  method: 'patch',
  path: '/v1/scans/{id}',
  operationId: 'renameScan',
  tags: ['scans'],
  summary: 'Give a scan a name, or take it away',
  security,
  request: {
    params: scanPath,
    body: {
      required: true,
      content: { 'application/json': { schema: renameSchema, example: examples.rename } },
    },
  },
  responses: {
    200: {
      description: 'The scan with its name.',
      content: { 'application/json': { schema: scanViewSchema, example: examples.completedScan } },
    },
    ...problems([...signedIn, ...withBody, 'scan-not-found']),
  },
});

export const deleteScan = createRoute({
  method: 'delete',
  path: '/v1/scans/{id}',
  operationId: 'deleteScan',
  tags: ['scans'],
  summary: 'Delete a scan for good',
  description:
    'Gives nothing back to the plan when the scan was used. A scan that has not ended is ended, its photo deleted, and its unit given back.',
  security,
  request: { params: scanPath },
  responses: {
    200: {
      description: 'The scan is deleted. The answer says whether its unit was given back.',
      content: { 'application/json': { schema: deletedScanSchema, example: examples.deletedScan } },
    },
    ...problems([...signedIn, 'scan-not-found']),
  },
});

export const readPolicy = createRoute({
  method: 'get',
  path: '/v1/policy',
  operationId: 'readPolicy',
  tags: ['product'],
  summary: 'What the product promises, asks for and allows',
  responses: {
    200: {
      description: 'The policy in force.',
      content: { 'application/json': { schema: policyViewSchema, example: examples.policy } },
    },
    ...problems(everywhere),
  },
});

export const readHealth = createRoute({
  method: 'get',
  path: '/v1/health',
  operationId: 'readHealth',
  tags: ['product'],
  summary: 'Whether photos are admitted right now',
  responses: {
    200: {
      description: 'The API answers; `status` says whether it admits photos.',
      content: { 'application/json': { schema: healthSchema, example: examples.health } },
    },
    ...problems(everywhere),
  },
});

export const readStatus = createRoute({
  method: 'get',
  path: '/v1/status',
  operationId: 'readStatus',
  tags: ['product'],
  summary: 'How long images exist before they are deleted',
  description:
    'Counters of all images of the last days, of no person and no single scan, refreshed every 5 seconds.',
  responses: {
    200: {
      description:
        'Lifetimes of images, the oldest one that the cleaner saw, and the bound that is promised.',
      content: { 'application/json': { schema: statusSchema, example: examples.status } },
    },
    ...problems(everywhere),
  },
});

export const openApiSchema = z.looseObject({ openapi: z.string() });

export const readOpenApi = createRoute({
  method: 'get',
  path: '/v1/openapi.json',
  operationId: 'readOpenApi',
  tags: ['product'],
  summary: 'This document',
  responses: {
    200: {
      description: 'The OpenAPI 3.1 document of this API.',
      content: { 'application/json': { schema: openApiSchema } },
    },
    ...problems(everywhere),
  },
});

/** The answers for these codes, one for each status; each shows every code that it may carry. */
export function problems(codes: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorDescriptions[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${errorDescriptions[code].title}.`).join(' '),
        ...headersOf(status),
        content: {
          [problemMediaType]: {
            schema: problemSchema,
            examples: Object.fromEntries(
              ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
            ),
          },
        },
      },
    ]),
  );
}

function headersOf(status: number) {
  const header = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' }[status];
  return header === undefined ? {} : { headers: z.object({ [header]: z.string() }) };
}
