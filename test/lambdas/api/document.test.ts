import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  accessLogSchema,
  actSchema,
  challengeSchema,
  checkoutRequestSchema,
  checkoutSchema,
  codeRequestSchema,
  consentsViewSchema,
  deletedScanSchema,
  exportPageSchema,
  feedbackSchema,
  feedbackViewSchema,
  healthSchema,
  historySchema,
  meSchema,
  messageViewSchema,
  minorReportSchema,
  newMessageSchema,
  paymentReceiptSchema,
  policyViewSchema,
  problemSchema,
  purchasesSchema,
  receiptSchema,
  refreshSchema,
  renameSchema,
  scanViewSchema,
  securityReportSchema,
  sessionsViewSchema,
  sessionTokensSchema,
  ticketRequestSchema,
  ticketSchema,
  usageSchema,
  verifySchema,
} from '../../../core/contract.ts';
import { errorCodes, errorDescriptions } from '../../../core/errors.ts';
import { findStale, generateDocuments } from '../../../docs/generate.ts';
import * as examples from '../../../lambdas/api/examples.ts';
import { givenApi } from './given.ts';

const response = z.looseObject({
  description: z.string().min(1),
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
});
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()).length(1),
  security: z.array(z.unknown()).optional(),
  responses: z.record(z.string(), response),
});
const openApi = z.looseObject({
  openapi: z.literal('3.1.0'),
  servers: z.array(z.looseObject({ url: z.string() })).min(1),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
    examples: z.record(z.string(), z.looseObject({ value: problemSchema })),
  }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

async function served() {
  const answer: unknown = await (await givenApi().send('GET', '/v1/openapi.json', { as: null })).json();
  return openApi.parse(answer);
}

test('the committed documents are what the code says', async () => {
  expect(await findStale()).toEqual([]);
});

test('the API serves the committed document', async () => {
  const [committed] = generateDocuments();
  expect(openApi.parse(JSON.parse(committed?.content ?? ''))).toEqual(await served());
});

test('every reference of the document leads somewhere', async () => {
  const document = await served();
  const references: string[] = [];
  JSON.stringify(document, (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') references.push(value);
    return value;
  });
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) expect(resolve(document, reference), reference).toBeDefined();
});

function resolve(document: unknown, reference: string): unknown {
  expect(reference).toMatch(/^#\//);
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => z.record(z.string(), z.unknown()).parse(at)[part], document);
}

test('every route that a client can call is described, and nothing else', async () => {
  const { paths } = await served();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual([
    'DELETE /v1/feedback/{id}',
    'DELETE /v1/me',
    'DELETE /v1/me/consents/{purpose}',
    'DELETE /v1/me/history',
    'DELETE /v1/me/messages',
    'DELETE /v1/messages/{id}',
    'DELETE /v1/scans/{id}',
    'DELETE /v1/sessions',
    'DELETE /v1/sessions/current',
    'DELETE /v1/sessions/{id}',
    'GET /.well-known/security.txt',
    'GET /v1/checkout/{id}',
    'GET /v1/erasures/{reference}',
    'GET /v1/feedback',
    'GET /v1/health',
    'GET /v1/me',
    'GET /v1/me/access-log',
    'GET /v1/me/consents',
    'GET /v1/me/export',
    'GET /v1/messages',
    'GET /v1/openapi.json',
    'GET /v1/policy',
    'GET /v1/purchases',
    'GET /v1/purchases/{id}/receipt',
    'GET /v1/scans',
    'GET /v1/scans/{id}',
    'GET /v1/sessions',
    'GET /v1/status',
    'PATCH /v1/me',
    'PATCH /v1/scans/{id}',
    'POST /v1/checkout',
    'POST /v1/feedback',
    'POST /v1/messages',
    'POST /v1/reports/minor',
    'POST /v1/reports/security',
    'POST /v1/scans',
    'POST /v1/sessions',
    'POST /v1/sessions/refresh',
    'POST /v1/sessions/verify',
    'POST /v1/usage',
    'POST /v1/webhooks/stripe',
    'PUT /v1/me/adulthood',
    'PUT /v1/me/consents/{purpose}',
    'PUT /v1/me/policy',
  ]);
});

/** What anybody may call without a token. */
const open: ReadonlySet<string> = new Set([
  'countUse',
  'paymentEvent',
  'readErasure',
  'readHealth',
  'readOpenApi',
  'readPolicy',
  'readSecurityTxt',
  'readStatus',
  'refreshSession',
  'reportMinor',
  'reportSecurity',
  'requestCode',
  'verifyCode',
]);

test('every route has problem responses, and those of a person need a token', async () => {
  const { paths } = await served();
  for (const methods of Object.values(paths)) {
    for (const { operationId, responses, security } of Object.values(methods)) {
      const isPersonal = !open.has(operationId);
      expect(security, operationId).toEqual(isPersonal ? [{ accessToken: [] }] : undefined);
      const statuses = Object.keys(responses);
      expect(statuses, operationId).toEqual(
        expect.arrayContaining(isPersonal ? ['400', '401', '403', '500'] : ['400', '500']),
      );
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        expect(Object.keys(content ?? {}), `${operationId} ${status}`).toEqual(['application/problem+json']);
        expect(content?.['application/problem+json']?.schema).toEqual({
          $ref: '#/components/schemas/Problem',
        });
      }
    }
  }
});

test('each problem has an example with its own code and status', async () => {
  const { components } = await served();
  expect(Object.keys(components.examples).toSorted()).toEqual([...errorCodes].toSorted());
  for (const code of errorCodes) {
    expect(components.examples[code]?.value).toMatchObject({ code, status: errorDescriptions[code].status });
  }
});

test('ids and descriptions of the contract arrive in the document', async () => {
  const { components } = await served();
  for (const id of ['Scan', 'ScanId', 'Ticket', 'UploadAddress', 'TicketRequest', 'Problem', 'History']) {
    expect(components.schemas).toHaveProperty(id);
  }
  expect(components.schemas['Deletion']).toHaveProperty('description');
});

test.each([
  ['ticketRequest', ticketRequestSchema, examples.ticketRequest],
  ['ticket', ticketSchema, examples.ticket],
  ['completedScan', scanViewSchema, examples.completedScan],
  ['history', historySchema, examples.history],
  ['rename', renameSchema, examples.rename],
  ['health', healthSchema, examples.health],
  ['policy', policyViewSchema, examples.policy],
  ['deletedScan', deletedScanSchema, examples.deletedScan],
  ['codeRequest', codeRequestSchema, examples.codeRequest],
  ['challenge', challengeSchema, examples.challenge],
  ['verification', verifySchema, examples.verification],
  ['refresh', refreshSchema, examples.refresh],
  ['tokens', sessionTokensSchema, examples.tokens],
  ['sessions', sessionsViewSchema, examples.sessions],
  ['act', actSchema, examples.act],
  ['consents', consentsViewSchema, examples.consents],
  ['me', meSchema, examples.me],
  ['newMessage', newMessageSchema, examples.newMessage],
  ['message', messageViewSchema, examples.message],
  ['feedback', feedbackSchema, examples.feedback],
  ['feedbackView', feedbackViewSchema, examples.feedbackView],
  ['receipt', receiptSchema, examples.receipt],
  ['checkoutRequest', checkoutRequestSchema, examples.checkoutRequest],
  ['checkout', checkoutSchema, examples.checkout],
  ['purchases', purchasesSchema, examples.purchases],
  ['exportPage', exportPageSchema, examples.exportPage],
  ['accessLog', accessLogSchema, examples.accessLog],
  ['usage', usageSchema, examples.usage],
  ['paymentReceipt', paymentReceiptSchema, examples.paymentReceipt],
  ['minorReport', minorReportSchema, examples.minorReport],
  ['securityReport', securityReportSchema, examples.securityReport],
] as const)('the example %s is what its schema says', (_name, schema, example) => {
  expect(schema.parse(example)).toEqual(example);
});
