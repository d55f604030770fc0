/** The routes by which people join, see what they agreed to, and write to us; as data, like `../routes.ts`. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  actSchema,
  challengeSchema,
  codeRequestSchema,
  consentsViewSchema,
  erasureReferenceSchema,
  erasureSchema,
  feedbackIdSchema,
  feedbackListSchema,
  feedbackSchema,
  meChangeSchema,
  meSchema,
  messageIdSchema,
  messagesSchema,
  messageViewSchema,
  minorReportSchema,
  newMessageSchema,
  receiptSchema,
  refreshSchema,
  securityReportSchema,
  sessionIdSchema,
  sessionsViewSchema,
  sessionTokensSchema,
  verifySchema,
} from '../../../core/contract.ts';
import * as examples from '../examples.ts';
import { everywhere, problems, security, signedIn, withBody } from '../routes.ts';

/** A JSON body that must be there. */
function body<S extends z.ZodType>(schema: S, example: z.input<S>) {
  return { required: true, content: { 'application/json': { schema, example } } } as const;
}

function json<S extends z.ZodType>(description: string, schema: S, example: z.output<S>) {
  return { description, content: { 'application/json': { schema, example } } } as const;
}

const cookieHeader = z.object({
  'Set-Cookie': z.string().optional().meta({ description: 'The refresh token, for pages.' }),
});

export const requestCode = createRoute({
  method: 'post',
  path: '/v1/sessions',
  operationId: 'requestCode',
  tags: ['sessions'],
  summary: 'Send a one-time code to an address',
  description:
    'The code works once, for ten minutes. The answer is the same whether or not the address has an account; one is opened when the code is verified.',
  request: { body: body(codeRequestSchema, examples.codeRequest) },
  responses: {
    202: json('A code is on its way, if mail can reach the address.', challengeSchema, examples.challenge),
    ...problems([...everywhere, ...withBody, 'too-many-attempts']),
  },
});

export const verifyCode = createRoute({
  method: 'post',
  path: '/v1/sessions/verify',
  operationId: 'verifyCode',
  tags: ['sessions'],
  summary: 'Sign in with the code; the first time, this opens the account',
  request: { body: body(verifySchema, examples.verification) },
  responses: {
    200: { ...json('Signed in.', sessionTokensSchema, examples.tokens), headers: cookieHeader },
    ...problems([
      ...everywhere,
      ...withBody,
      'account-inactive',
      'code-refused',
      'cross-site',
      'too-many-attempts',
    ]),
  },
});

export const refreshSession = createRoute({
  method: 'post',
  path: '/v1/sessions/refresh',
  operationId: 'refreshSession',
  tags: ['sessions'],
  summary: 'Get the next access token',
  description:
    'A refresh token is good once. The one before it is answered again for 30 seconds, in case its answer was lost; any older one ends the session.',
  request: { body: body(refreshSchema, examples.refresh) },
  responses: {
    200: { ...json('The next tokens.', sessionTokensSchema, examples.tokens), headers: cookieHeader },
    ...problems([...everywhere, ...withBody, 'unauthenticated', 'account-inactive', 'cross-site']),
  },
});

export const listSessions = createRoute({
  method: 'get',
  path: '/v1/sessions',
  operationId: 'listSessions',
  tags: ['sessions'],
  summary: 'Where I am signed in',
  security,
  responses: {
    200: json('My sessions, newest first.', sessionsViewSchema, examples.sessions),
    ...problems(signedIn),
  },
});

export const endCurrentSession = createRoute({
  method: 'delete',
  path: '/v1/sessions/current',
  operationId: 'endCurrentSession',
  tags: ['sessions'],
  summary: 'Sign out here',
  security,
  responses: {
    204: { description: 'Signed out; the access token is worth nothing from now on.' },
    ...problems(signedIn),
  },
});

export const endSessions = createRoute({
  method: 'delete',
  path: '/v1/sessions',
  operationId: 'endSessions',
  tags: ['sessions'],
  summary: 'Sign out everywhere, at once',
  security,
  responses: {
    204: { description: 'Every session is over, this one included.' },
    ...problems(signedIn),
  },
});

export const endSession = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  operationId: 'endSession',
  tags: ['sessions'],
  summary: 'Sign out one of my sessions',
  security,
  request: { params: z.object({ id: sessionIdSchema }) },
  responses: {
    204: { description: 'That session is over.' },
    ...problems([...signedIn, 'session-not-found']),
  },
});

export const readMe = createRoute({
  method: 'get',
  path: '/v1/me',
  operationId: 'readMe',
  tags: ['me'],
  summary: 'What I said and accepted, and what is still missing before a photo',
  security,
  responses: { 200: json('Me.', meSchema, examples.me), ...problems(signedIn) },
});

export const changeMe = createRoute({
  method: 'patch',
  path: '/v1/me',
  operationId: 'changeMe',
  tags: ['me'],
  summary: 'Choose the language of mail',
  security,
  request: { body: body(meChangeSchema, { language: 'de' }) },
  responses: { 200: json('Me, changed.', meSchema, examples.me), ...problems([...signedIn, ...withBody]) },
});

/** What every act of joining may answer. */
const acting = problems([...signedIn, ...withBody, 'text-changed']);

export const affirmAdulthood = createRoute({
  method: 'put',
  path: '/v1/me/adulthood',
  operationId: 'affirmAdulthood',
  tags: ['me'],
  summary: 'Affirm being an adult (CAL-7)',
  description:
    'An act of its own: show the text of that version in that language, and let the person affirm it.',
  security,
  request: { body: body(actSchema, examples.act) },
  responses: { 200: json('Recorded as evidence.', consentsViewSchema, examples.consents), ...acting },
});

export const acceptPolicy = createRoute({
  method: 'put',
  path: '/v1/me/policy',
  operationId: 'acceptPolicy',
  tags: ['me'],
  summary: 'Accept the policy in its present version (CAL-16)',
  security,
  request: { body: body(actSchema, { version: '1.0', language: 'en' }) },
  responses: { 200: json('Recorded as evidence.', consentsViewSchema, examples.consents), ...acting },
});

export const readConsents = createRoute({
  method: 'get',
  path: '/v1/me/consents',
  operationId: 'readConsents',
  tags: ['me'],
  summary: 'What I agreed to, and everything that I did about it',
  security,
  responses: {
    200: json('What stands, and the evidence.', consentsViewSchema, examples.consents),
    ...problems(signedIn),
  },
});

const purposePath = z.object({
  purpose: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9-]{0,59}$/)
    .meta({ example: 'image-processing' }),
});

export const giveConsent = createRoute({
  method: 'put',
  path: '/v1/me/consents/{purpose}',
  operationId: 'giveConsent',
  tags: ['me'],
  summary: 'Agree to one purpose',
  security,
  request: { params: purposePath, body: body(actSchema, examples.act) },
  responses: {
    200: json('Recorded as evidence.', consentsViewSchema, examples.consents),
    ...problems([...signedIn, ...withBody, 'purpose-not-found', 'text-changed']),
  },
});

export const withdrawConsent = createRoute({
  method: 'delete',
  path: '/v1/me/consents/{purpose}',
  operationId: 'withdrawConsent',
  tags: ['me'],
  summary: 'Withdraw consent to one purpose, at any time',
  description:
    'From this answer on no ticket is given. Every scan that has not ended is erased: its photo is deleted unread, and its unit given back.',
  security,
  request: { params: purposePath },
  responses: {
    200: json('Recorded as evidence.', consentsViewSchema, examples.consents),
    ...problems([...signedIn, 'purpose-not-found']),
  },
});

const accepted = {
  ...json('It is under way.', erasureSchema, examples.erasure),
  headers: z.object({ Location: z.string().meta({ description: 'Where its end can be seen.' }) }),
};

export const eraseMe = createRoute({
  method: 'delete',
  path: '/v1/me',
  operationId: 'eraseMe',
  tags: ['me'],
  summary: 'Delete my account and everything tied to it, for good (CAL-6)',
  description:
    'From this answer on the account is severed: no token of it opens anything, nothing more is stored for it, and what is on its way is deleted unread. Everything is deleted within minutes, and read back after a quarter of an hour; the address in `Location` says when, to whoever has it. Scans that were not used are lost. Sent again, it answers the same.',
  security,
  responses: { 202: accepted, ...problems([...signedIn]) },
});

export const eraseHistory = createRoute({
  method: 'delete',
  path: '/v1/me/history',
  operationId: 'eraseHistory',
  tags: ['me'],
  summary: 'Delete every scan that I made so far; the account stays (CAL-15)',
  description:
    'A used scan is not given back (CAL-4). A scan that has not ended is ended, its photo deleted unread, and its unit given back.',
  security,
  responses: { 202: accepted, ...problems([...signedIn, 'too-many-attempts']) },
});

export const eraseMessages = createRoute({
  method: 'delete',
  path: '/v1/me/messages',
  operationId: 'eraseMessages',
  tags: ['me'],
  summary: 'Delete every message and answer that I wrote so far; the account stays (CAL-15)',
  security,
  responses: { 202: accepted, ...problems([...signedIn, 'too-many-attempts']) },
});

export const readErasure = createRoute({
  method: 'get',
  path: '/v1/erasures/{reference}',
  operationId: 'readErasure',
  tags: ['me'],
  summary: 'Whether an erasure is done; needs no account',
  request: { params: z.object({ reference: erasureReferenceSchema }) },
  responses: {
    200: json('It is under way.', erasureSchema, examples.erasure),
    204: { description: 'It is done: everything was deleted and found gone when it was read back.' },
    ...problems([...everywhere, 'erasure-not-found']),
  },
});

export const sendMessage = createRoute({
  method: 'post',
  path: '/v1/messages',
  operationId: 'sendMessage',
  tags: ['messages'],
  summary: 'Write to support',
  description:
    'The answer comes by mail and stands in the list. Send no photo and nothing that shows who you are.',
  security,
  request: { body: body(newMessageSchema, examples.newMessage) },
  responses: {
    201: json('It is kept for support to read.', messageViewSchema, examples.message),
    ...problems([...signedIn, ...withBody, 'too-many-attempts']),
  },
});

export const listMessages = createRoute({
  method: 'get',
  path: '/v1/messages',
  operationId: 'listMessages',
  tags: ['messages'],
  summary: 'My messages and their answers',
  security,
  responses: {
    200: json('Newest first.', messagesSchema, { messages: [examples.message] }),
    ...problems(signedIn),
  },
});

export const deleteMessage = createRoute({
  method: 'delete',
  path: '/v1/messages/{id}',
  operationId: 'deleteMessage',
  tags: ['messages'],
  summary: 'Delete one of my messages, with its answer',
  security,
  request: { params: z.object({ id: messageIdSchema }) },
  responses: {
    204: { description: 'The message is deleted.' },
    ...problems([...signedIn, 'message-not-found']),
  },
});

export const sendFeedback = createRoute({
  method: 'post',
  path: '/v1/feedback',
  operationId: 'sendFeedback',
  tags: ['messages'],
  summary: 'Answer a survey',
  security,
  request: { body: body(feedbackSchema, examples.feedback) },
  responses: {
    201: json('It is kept.', receiptSchema, examples.receipt),
    ...problems([...signedIn, ...withBody, 'survey-not-found', 'too-many-attempts']),
  },
});

export const listFeedback = createRoute({
  method: 'get',
  path: '/v1/feedback',
  operationId: 'listFeedback',
  tags: ['messages'],
  summary: 'What I answered to surveys',
  security,
  responses: {
    200: json('Newest first.', feedbackListSchema, { feedback: [examples.feedbackView] }),
    ...problems(signedIn),
  },
});

export const deleteFeedback = createRoute({
  method: 'delete',
  path: '/v1/feedback/{id}',
  operationId: 'deleteFeedback',
  tags: ['messages'],
  summary: 'Delete what I answered to a survey once',
  security,
  request: { params: z.object({ id: feedbackIdSchema }) },
  responses: {
    204: { description: 'The answers are deleted.' },
    ...problems([...signedIn, 'feedback-not-found']),
  },
});

export const reportMinor = createRoute({
  method: 'post',
  path: '/v1/reports/minor',
  operationId: 'reportMinor',
  tags: ['reports'],
  summary: 'Report that an account is a minor’s (CAL-7)',
  description:
    'Anybody may. The account is suspended and its photos are deleted at once; staff decide about the rest. The answer is the same whether or not there is such an account.',
  request: { body: body(minorReportSchema, examples.minorReport) },
  responses: {
    202: json('It arrived.', receiptSchema, examples.receipt),
    ...problems([...everywhere, ...withBody, 'too-many-attempts']),
  },
});

export const reportSecurity = createRoute({
  method: 'post',
  path: '/v1/reports/security',
  operationId: 'reportSecurity',
  tags: ['reports'],
  summary: 'Report a weakness (CAL-18)',
  request: { body: body(securityReportSchema, examples.securityReport) },
  responses: {
    202: json('It arrived.', receiptSchema, examples.receipt),
    ...problems([...everywhere, ...withBody, 'too-many-attempts']),
  },
});

export const readSecurityTxt = createRoute({
  method: 'get',
  path: '/.well-known/security.txt',
  operationId: 'readSecurityTxt',
  tags: ['reports'],
  summary: 'How to report a weakness (RFC 9116)',
  responses: {
    200: {
      description: 'The file.',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(everywhere),
  },
});
