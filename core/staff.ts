/**
 * What staff may ask for, in which role, why, and what of whom they see by it (CAL-12, CAL-14): data, read by the function,
 * by the command, by the deployment and by the person's own log of who looked. Pure.
 */
import { z } from 'zod';
import { maxTextLength } from './message.ts';
import type { DataClass } from './tables.ts';

/** Roles of staff; each sees its own classes of data and no other. */
export const staffCategories = ['support', 'billing', 'product', 'privacy-officer', 'on-call'] as const;
export type StaffCategory = (typeof staffCategories)[number];

/** Why somebody looks: one of these, for the person to read; the note beside it is for whoever audits. */
export const staffReasons = [
  'person-asked',
  'message-waiting',
  'payment-question',
  'payment-dispute',
  'minor-reported',
  'security-reported',
  'authority-request',
  'regular-audit',
  'feedback-review',
  'product-review',
  'incident',
  /** Of rows from before this list: what was written is their note. Nobody can give it. */
  'own-words',
] as const;
export type StaffReason = (typeof staffReasons)[number];

/** What a row says that was written by code with other lists than today's. */
export const unlisted = 'unlisted';
export type Unlisted = typeof unlisted;

/** What one action is: who may ask for it, for which reasons, and which classes it shows and changes. */
interface ActionDescription {
  readonly category: StaffCategory;
  readonly reasons: readonly StaffReason[];
  readonly shows: readonly DataClass[];
  readonly changes: readonly DataClass[];
}

const supporting = ['person-asked', 'message-waiting', 'incident'] as const;
const paying = ['person-asked', 'payment-question', 'payment-dispute'] as const;

/** Classes of which an authority may be told something. Results are not among them: no way leads from them to staff. */
export const disclosableClasses = ['personal', 'transactions', 'evidence', 'communications'] as const;

/** Everything that can be asked for. Nobody can ask for an image, and nobody for a result. */
export const staffActions = {
  find: { category: 'support', reasons: supporting, shows: ['personal'], changes: [] },
  account: { category: 'support', reasons: supporting, shows: ['personal'], changes: [] },
  inbox: { category: 'support', reasons: supporting, shows: ['communications'], changes: [] },
  messages: { category: 'support', reasons: supporting, shows: ['communications'], changes: [] },
  answer: { category: 'support', reasons: supporting, shows: [], changes: ['communications'] },
  surveys: {
    category: 'support',
    reasons: ['feedback-review'],
    shows: ['communications'],
    changes: [],
  },
  feedback: {
    category: 'support',
    reasons: ['feedback-review', 'person-asked'],
    shows: ['communications'],
    changes: [],
  },
  reports: {
    category: 'support',
    reasons: ['security-reported', 'incident'],
    shows: ['communications'],
    changes: [],
  },
  transactions: { category: 'billing', reasons: paying, shows: ['transactions'], changes: [] },
  refund: { category: 'billing', reasons: paying, shows: [], changes: ['transactions'] },
  usage: { category: 'product', reasons: ['product-review'], shows: ['usage'], changes: [] },
  audit: {
    category: 'privacy-officer',
    reasons: ['regular-audit', 'incident'],
    shows: ['evidence'],
    changes: [],
  },
  minors: {
    category: 'privacy-officer',
    reasons: ['minor-reported'],
    shows: ['communications'],
    changes: [],
  },
  minor: { category: 'privacy-officer', reasons: ['minor-reported'], shows: ['communications'], changes: [] },
  'confirm-minor': {
    category: 'privacy-officer',
    reasons: ['minor-reported'],
    shows: [],
    changes: ['personal', 'health', 'transactions', 'evidence', 'communications'],
  },
  'reject-minor': {
    category: 'privacy-officer',
    reasons: ['minor-reported'],
    shows: [],
    changes: ['personal', 'communications'],
  },
  'authority-open': {
    category: 'privacy-officer',
    reasons: ['authority-request'],
    shows: [],
    changes: ['evidence'],
  },
  'authority-list': {
    category: 'privacy-officer',
    reasons: ['authority-request'],
    shows: ['evidence'],
    changes: [],
  },
  /** The one answer that holds several classes: it takes a second person. */
  'authority-answer': {
    category: 'privacy-officer',
    reasons: ['authority-request'],
    shows: disclosableClasses,
    changes: ['evidence'],
  },
  'authority-refuse': {
    category: 'privacy-officer',
    reasons: ['authority-request'],
    shows: [],
    changes: ['evidence'],
  },
  operations: { category: 'on-call', reasons: ['incident'], shows: ['operations'], changes: [] },
} as const satisfies Record<string, ActionDescription>;
export type StaffAction = keyof typeof staffActions;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a const object
export const staffActionNames = Object.keys(staffActions) as readonly StaffAction[];

/** The classes that an action is about, for the person's own log; of one that is of no list nobody knows. */
export function classesOf(action: StaffAction | Unlisted): readonly DataClass[] {
  if (action === unlisted) return [];
  const { shows, changes } = staffActions[action];
  return [...new Set<DataClass>([...shows, ...changes])];
}

/** How long a proof of who asks is good for, ms: a request is made now or not at all. */
export const proofLivesMs = 5 * 60 * 1000;
/** How long an authority's request may wait for its second person, ms. */
export const authorityLivesMs = 7 * 24 * 60 * 60 * 1000;
/** How long a message counts as the reason to look after it was answered, ms. */
export const caseLivesMs = 7 * 24 * 60 * 60 * 1000;
/** Accounts that one of the staff may look at in an hour. */
export const mostAccountsAnHour = 20;

/** Somebody of the staff, as the session of their role names them. */
export const staffNamePattern = /^[a-z][a-z0-9.-]{1,39}$/;

const account = { accountId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) };
const randomId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const day = z.iso.date();

/** One action's request. Who asks, and in which role, is proven and never stated. */
function asks<A extends StaffAction, F extends z.ZodRawShape>(action: A, fields: F) {
  return z.strictObject({
    action: z.literal(action),
    reason: z.enum(staffActions[action].reasons),
    /** Why, in a sentence: read by whoever audits. */
    note: z.string().min(10).max(500),
    ...fields,
  });
}

export const staffRequestSchema = z.discriminatedUnion('action', [
  asks('find', { email: z.string().min(3).max(320) }),
  asks('account', account),
  asks('inbox', {}),
  asks('messages', account),
  asks('answer', {
    ...account,
    messageId: randomId,
    text: z
      .string()
      .min(1)
      .max(4 * maxTextLength),
  }),
  asks('surveys', {}),
  asks('feedback', account),
  asks('reports', {}),
  asks('transactions', account),
  asks('refund', { ...account, paymentIntentId: z.string().regex(/^[A-Za-z0-9_]{1,255}$/) }),
  asks('usage', { since: day }),
  /** Rows of `until` are among them. Default: today's are the last. */
  asks('audit', { since: day, until: day.exactOptional() }),
  asks('minors', {}),
  asks('minor', account),
  asks('confirm-minor', account),
  asks('reject-minor', account),
  asks('authority-open', {
    ...account,
    /** Which authority, and its own reference. */
    authority: z.string().min(5).max(200),
    /** Under which counsel looked at it. */
    counselReference: z.string().min(4).max(100),
    /** What is asked for, and no more. */
    classes: z.array(z.enum(disclosableClasses)).min(1),
  }),
  asks('authority-list', {}),
  asks('authority-answer', { requestId: randomId }),
  asks('authority-refuse', { requestId: randomId }),
  asks('operations', {}),
]);
export type StaffRequest = z.infer<typeof staffRequestSchema>;

/** Headers of a signed question to AWS, "who am I?", that only the service itself can judge. */
export const staffProofSchema = z.strictObject({
  authorization: z.string().max(2000),
  date: z.string().regex(/^\d{8}T\d{6}Z$/),
  securityToken: z.string().max(8000).optional(),
});
export type StaffProof = z.infer<typeof staffProofSchema>;

/** What the staff function takes: a request as text, and a proof that is about that very text. */
export const staffEventSchema = z.strictObject({
  request: z.string().max(16_000),
  proof: staffProofSchema,
});
export type StaffEvent = z.infer<typeof staffEventSchema>;

/** Header of a proof that ties it to one request: SHA-256 of its text, hex. */
export const requestHeader = 'x-onceover-request';
/** The question whose signature is the proof. */
export const identityQuestion = 'Action=GetCallerIdentity&Version=2011-06-15';

/** Why the function did not do what was asked. */
export const staffRefusals = [
  'invalid-request',
  'not-identified',
  'forbidden',
  'too-many-accounts',
  'no-such-case',
  'second-person-needed',
  'not-found',
  'busy',
] as const;
export type StaffRefusal = (typeof staffRefusals)[number];

/** An answer, or why there is none. */
export type StaffAnswer =
  | { readonly ok: true; readonly answer: unknown }
  | {
      readonly ok: false;
      readonly code: StaffRefusal;
      /** Names of the fields that are wrong. */
      readonly fields?: readonly string[];
    };
