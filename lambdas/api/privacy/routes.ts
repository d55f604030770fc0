/** The routes by which a person sees everything that is held and who looked, and use is counted; as data, like `../routes.ts`. */
import { createRoute } from '@hono/zod-openapi';
import { accessLogSchema, exportPageSchema, pageQuerySchema, usageSchema } from '../../../core/contract.ts';
import * as examples from '../examples.ts';
import { everywhere, problems, security, signedIn, withBody } from '../routes.ts';

export const readExport = createRoute({
  method: 'get',
  path: '/v1/me/export',
  operationId: 'readExport',
  tags: ['me'],
  summary: 'Everything that is held about me, and why, and until when',
  description: 'Page by page. What belongs to somebody else is not in it; `withheld` names it.',
  security,
  request: { query: pageQuerySchema },
  responses: {
    200: {
      description: 'One page. `next`, when there is one, leads to the page after it.',
      content: { 'application/json': { schema: exportPageSchema, example: examples.exportPage } },
    },
    ...problems(signedIn),
  },
});

export const readAccessLog = createRoute({
  method: 'get',
  path: '/v1/me/access-log',
  operationId: 'readAccessLog',
  tags: ['me'],
  summary: 'Who of the staff looked at my data, and why (CAL-12)',
  description: 'Newest first; for a year. What happened in the last second may be missing.',
  security,
  request: { query: pageQuerySchema },
  responses: {
    200: {
      description: 'One page. `next`, when there is one, leads to the page after it.',
      content: { 'application/json': { schema: accessLogSchema, example: examples.accessLog } },
    },
    ...problems(signedIn),
  },
});

export const countUse = createRoute({
  method: 'post',
  path: '/v1/usage',
  operationId: 'countUse',
  tags: ['product'],
  summary: 'Count that something was done in the app, by nobody in particular (CAL-9)',
  description:
    'Adds one to the counter of the UTC day. Send no token: none is read, nor is a cookie or where the request came from.',
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: usageSchema, example: examples.usage } },
    },
  },
  responses: {
    204: { description: 'Counted.' },
    ...problems([...everywhere, ...withBody]),
  },
});
