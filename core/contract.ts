/**
 * The HTTP API's schemas: what the API function validates, the OpenAPI document describes and the client is
 * typed by. Requests are closed; answers may gain fields within v1, so readers ignore what they do not know.
 * Times on the wire are RFC 3339 in UTC with milliseconds.
 */
import { z } from 'zod';
import { errorCodes } from './errors.ts';
import { gateOrder } from './model/gates.ts';
import { measureNames } from './model/measures.ts';
import { failureReasons, inconclusiveReasons, rejectionReasons } from './outcome.ts';
import { actKinds } from './evidence.ts';
import { maxTextLength, topics } from './message.ts';
import { checkoutStates } from './payment.ts';
import { readers, retentionEnds, sources } from './policy.ts';
import { voidReasons } from './purchase.ts';
import { maxNameLength, scanStates } from './scan.ts';
import { staffActionNames, staffCategories, staffReasons, unlisted } from './staff.ts';
import { dataClasses } from './tables.ts';
import { usageEvents } from './usage.ts';

const instant = z.iso.datetime({ precision: 3 }).meta({ example: '2026-11-21T14:03:07.120Z' });

export const scanIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/)
  .meta({ id: 'ScanId', description: 'Random id of a scan; also the key of its upload.' });

/** Chosen by the client, new for every photo; a retry sends the same one. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/)
  .meta({
    id: 'IdempotencyKey',
    description: 'Chosen by the client, fresh for every photo (a UUID, for example); a retry repeats it.',
    example: '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d',
  });

/** Body of `POST /v1/scans`. Limits and types are checked by name, to answer with their own codes. */
export const ticketRequestSchema = z
  .strictObject({
    contentType: z.string().min(1).max(100).meta({ example: 'image/jpeg' }),
    contentLength: z.int().positive().meta({ description: 'Bytes of the photo.', example: 183_202 }),
    sha256: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=$/)
      .meta({ description: 'SHA-256 of the photo, base64.' }),
    name: z.string().max(1000).optional().meta({ description: 'The person’s own name for the scan.' }),
  })
  .meta({ id: 'TicketRequest' });
export type TicketRequest = z.infer<typeof ticketRequestSchema>;

const modelSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    evaluated: z.boolean().meta({
      description: 'false: nobody has measured yet how often this model is wrong. For tests only.',
    }),
  })
  .meta({ id: 'Model', description: 'The model that made the result (ONE-7).' });

const deletionSchema = z
  .object({
    deletedAt: instant,
    msFromUpload: z.int().nonnegative().meta({
      description: 'Milliseconds from the storage event to the deletion.',
    }),
    verified: z.literal(true).meta({ description: 'Storage answered that the image no longer exists.' }),
  })
  .meta({ id: 'Deletion', description: 'The deletion of the image, once verified (CAL-1).' });

/** One scan as its owner sees it. */
export const scanViewSchema = z
  .object({
    id: scanIdSchema,
    state: z.enum(scanStates).exclude(['erased']),
    name: z.string().max(maxNameLength).optional(),
    issuedAt: instant,
    endedAt: instant.optional(),
    band: z.string().optional().meta({
      description: 'The high-level result: a word of the model’s closed vocabulary. Only when completed.',
    }),
    reason: z
      .enum([...new Set([...inconclusiveReasons, ...rejectionReasons, ...failureReasons])])
      .optional()
      .meta({ description: 'Why there is no result.' }),
    message: z.string().meta({ description: 'What it means and what to do, in a sentence.' }),
    advice: z.string().optional().meta({ description: 'The same general advice for every result.' }),
    charged: z.boolean().meta({ description: 'Whether this scan used a unit of the plan.' }),
    model: modelSchema.optional(),
    deletion: deletionSchema.optional(),
  })
  .meta({ id: 'Scan' });
export type ScanView = z.infer<typeof scanViewSchema>;

export const uploadAddressSchema = z
  .object({
    method: z.literal('PUT'),
    url: z.url(),
    headers: z.record(z.string(), z.string()).meta({
      description: 'Send exactly these; the signature covers them and the length of the body.',
    }),
    expiresAt: instant,
  })
  .meta({
    id: 'UploadAddress',
    description: 'Where to send the photo. Absent once it expired, or the photo arrived, or the scan ended.',
  });

/** Answer of `POST /v1/scans`. */
export const ticketSchema = z
  .object({
    scan: scanViewSchema,
    upload: uploadAddressSchema.optional(),
  })
  .meta({ id: 'Ticket' });
export type Ticket = z.infer<typeof ticketSchema>;

export const historySchema = z
  .object({
    scans: z.array(scanViewSchema),
    next: z.string().optional().meta({ description: 'Send as `after` for the next page.' }),
  })
  .meta({ id: 'History' });
export type History = z.infer<typeof historySchema>;

export const historyQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().max(400).optional(),
});

export const scanQuerySchema = z.strictObject({
  wait: z.coerce.number().min(0).max(5).default(0).meta({
    description: 'Seconds to wait for the scan to end, at most 5.',
  }),
});

/** Body of `PATCH /v1/scans/{id}`; null removes the name. */
export const renameSchema = z.strictObject({ name: z.string().max(1000).nullable() }).meta({ id: 'Rename' });
export type Rename = z.infer<typeof renameSchema>;

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'paused']).meta({
      description: '`paused`: the cleaner has not reported in time and no upload is admitted (ONE-5).',
    }),
    cleanerSeenAt: instant.optional(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;

export const statusSchema = z
  .object({
    status: healthSchema.shape.status,
    cleanerSeenAt: instant.optional(),
    lifetimes: z
      .object({
        windowDays: z.int().meta({ description: 'UTC days that are counted, today’s included.' }),
        count: z.int().optional(),
        p50Ms: z.int().optional(),
        p99Ms: z.int().optional(),
        maxMs: z.int().optional(),
      })
      .meta({
        description:
          'How long uploaded images existed, from the storage event to the verified deletion: upper bounds, at most a tenth too high. Nothing is said of fewer than 10 (CAL-9).',
      }),
    oldestObjectMs: z.int().nonnegative().optional().meta({
      description: 'Age of the oldest image when the cleaner last saw the whole bucket; 0: there was none.',
    }),
    oldestObjectSeenAt: instant.optional(),
    boundMs: z.int().meta({ description: 'No image exists longer than this.' }),
    promise: z.literal('ONE-1').meta({ description: 'The promise that the bound belongs to.' }),
  })
  .meta({ id: 'Status', description: 'Whether the product keeps its word, as numbers.' });
export type Status = z.infer<typeof statusSchema>;

/** A text in the policy's languages. */
const localizedSchema = z.record(z.string(), z.string());

export const policyViewSchema = z
  .object({
    product: z.string(),
    version: z.string(),
    effectiveFrom: z.iso.date(),
    languages: z.array(z.string()).meta({ description: 'The first one is the default.' }),
    summary: localizedSchema,
    versions: z
      .array(
        z.object({
          version: z.string(),
          effectiveFrom: z.iso.date(),
          asksAgain: z.boolean().meta({
            description: 'Who accepted an older version must accept again before the next photo (CAL-16).',
          }),
          changes: localizedSchema,
        }),
      )
      .meta({ description: 'Oldest first; the last one is in force.' }),
    adultAge: z.int(),
    adulthood: z.object({ version: z.int(), text: localizedSchema }),
    consents: z.array(
      z.object({
        purpose: z.string(),
        version: z.int(),
        title: localizedSchema,
        text: localizedSchema,
      }),
    ),
    notices: z.array(z.object({ noticeId: z.string(), text: localizedSchema })).meta({
      description: 'Say these where the person acts (CAL-18).',
    }),
    plans: z.array(
      z.object({
        planId: z.string(),
        title: localizedSchema,
        scans: z.int(),
        price: z.object({
          minorUnits: z.int().meta({ description: 'In the smallest unit of the currency, tax included.' }),
          currency: z.string(),
        }),
      }),
    ),
    surveys: z.array(
      z.object({
        surveyId: z.string(),
        version: z.int(),
        title: localizedSchema,
        questions: z.array(
          z.object({ questionId: z.string(), kind: z.enum(['rating', 'text']), text: localizedSchema }),
        ),
      }),
    ),
    contacts: z.array(
      z.object({
        role: z.enum(['support', 'privacy', 'security']),
        purpose: localizedSchema,
        address: z.string().optional().meta({ description: 'Absent where none was set.' }),
      }),
    ),
    kept: z
      .array(
        z.object({
          dataClass: z.enum(dataClasses),
          kinds: z.array(
            z.object({
              why: localizedSchema,
              source: z.enum(sources).meta({ description: 'Whom it comes from.' }),
              endsWith: z.enum(retentionEnds),
              days: z
                .int()
                .optional()
                .meta({ description: 'With `days-after-writing` and `days-after-ending`: how many.' }),
            }),
          ),
          readers: z.array(z.enum(readers)).meta({ description: 'Nobody else reads it.' }),
        }),
      )
      .meta({ description: 'Everything that is kept: why, until when, and who may read it.' }),
    providers: z
      .array(z.object({ name: z.string(), gets: localizedSchema }))
      .meta({ description: 'Who else gets something, and what.' }),
    limits: z.object({
      ticketsPerDay: z.int(),
      maxUploadBytes: z.int(),
      maxTextLength: z.int(),
      contentTypes: z.array(z.string()),
    }),
    model: modelSchema.extend({
      bands: z.array(z.object({ band: z.string(), message: z.string() })),
      advice: z.string(),
      input: z
        .object({
          width: z.int(),
          height: z.int(),
          fit: z.enum(['cover', 'contain']),
          enlarge: z.boolean(),
        })
        .meta({ description: 'The centre of the photo at this size is looked at; smaller: `too-small`.' }),
      gates: z
        .array(
          z.object({
            reason: z.enum(gateOrder),
            measure: z.enum(measureNames),
            min: z.number().optional(),
            max: z.number().optional(),
          }),
        )
        .meta({ description: 'What a device can check on those pixels before it sends the photo.' }),
    }),
  })
  .meta({ id: 'Policy' });
export type PolicyView = z.infer<typeof policyViewSchema>;

const emailSchema = z.string().min(3).max(320).meta({
  description: 'Any address that takes mail; a masked one is as good as any (CAL-5).',
  example: 'somebody@example.com',
});
const languageSchema = z
  .string()
  .regex(/^[a-z]{2}$/)
  .meta({
    description: 'A language of the policy.',
    example: 'en',
  });

/** Body of `POST /v1/sessions`. */
export const codeRequestSchema = z
  .strictObject({ email: emailSchema, language: languageSchema.optional() })
  .meta({ id: 'CodeRequest' });

export const challengeSchema = z
  .object({
    challenge: z.string().meta({ description: 'Send it back with the code.' }),
    expiresAt: instant.meta({ description: 'The code is worth nothing after that.' }),
  })
  .meta({ id: 'Challenge', description: 'The same whether or not the address has an account.' });
export type Challenge = z.infer<typeof challengeSchema>;

const keepSchema = z.enum(['body', 'cookie']).meta({
  description:
    'Where the refresh token goes: in the answer (native apps, terminals), or in an HttpOnly cookie that scripts cannot read (pages).',
});

/** Body of `POST /v1/sessions/verify`. */
export const verifySchema = z
  .strictObject({
    email: emailSchema,
    challenge: z.string().min(1).max(4096),
    code: z.string().min(1).max(40).meta({ example: '4071 8823' }),
    language: languageSchema.optional(),
    keep: keepSchema.default('body'),
  })
  .meta({ id: 'Verification' });

/** Body of `POST /v1/sessions/refresh`. */
export const refreshSchema = z
  .strictObject({
    refreshToken: z.string().min(1).max(4096).optional().meta({
      description: 'Absent: the one in the cookie.',
    }),
  })
  .meta({ id: 'Refresh' });

export const sessionTokensSchema = z
  .object({
    accessToken: z.string(),
    expiresInSeconds: z.int(),
    refreshToken: z.string().optional().meta({
      description: 'Good once; the answer to its use holds the next one. Absent where it is in the cookie.',
    }),
  })
  .meta({ id: 'SessionTokens' });
export type SessionTokens = z.infer<typeof sessionTokensSchema>;

export const sessionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .meta({ id: 'SessionId' });

export const sessionsViewSchema = z
  .object({
    sessions: z.array(
      z.object({
        id: z.string(),
        createdAt: instant,
        lastUsedAt: instant,
        expiresAt: instant,
        current: z.boolean().meta({ description: 'The one that asks.' }),
      }),
    ),
  })
  .meta({ id: 'Sessions' });
export type SessionsView = z.infer<typeof sessionsViewSchema>;

/** Body of what a person does to join: which text was shown, in which language. */
export const actSchema = z
  .strictObject({
    version: z.union([z.int().positive(), z.string().regex(/^\d+\.\d+$/)]).meta({
      description: 'Of the text that was shown.',
      example: 1,
    }),
    language: languageSchema,
  })
  .meta({ id: 'Act' });
export type ActRequest = z.infer<typeof actSchema>;

const consentViewSchema = z.object({
  purpose: z.string(),
  version: z.int(),
  granted: z.boolean(),
  at: instant,
});

export const consentsViewSchema = z
  .object({
    consents: z.array(consentViewSchema).meta({ description: 'What stands now.' }),
    acts: z
      .array(
        z.object({
          kind: z.enum(actKinds),
          text: z.string().meta({ description: 'A purpose, `adulthood` or `policy`.' }),
          version: z.string(),
          language: z.string().optional(),
          textDigest: z.string().optional().meta({ description: 'SHA-256 of the text as it was shown.' }),
          at: instant,
          by: z.string().meta({ description: 'The request that was the act.' }),
        }),
      )
      .meta({ description: 'Everything that the person did, oldest first.' }),
  })
  .meta({ id: 'Consents' });
export type ConsentsView = z.infer<typeof consentsViewSchema>;

export const meSchema = z
  .object({
    email: z.string().optional(),
    language: z.string(),
    openedAt: instant.optional(),
    adultAffirmedAt: instant.optional(),
    policy: z.object({
      acceptedVersion: z.string().optional(),
      acceptedAt: instant.optional(),
      currentVersion: z.string(),
      mustAccept: z.boolean().meta({ description: 'Before the next photo (CAL-16).' }),
    }),
    consents: z.array(consentViewSchema),
    missing: z
      .array(z.enum(['adulthood', 'policy', 'consent']))
      .meta({ description: 'What is still needed before a photo can be sent.' }),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;

/** Body of `PATCH /v1/me`. */
export const meChangeSchema = z.strictObject({ language: languageSchema }).meta({ id: 'MeChange' });

export const erasureReferenceSchema = scanIdSchema.meta({
  id: 'ErasureReference',
  description: 'Random; says nothing about the account.',
});

/** An erasure under way. */
export const erasureSchema = z
  .object({
    erasure: z.object({
      reference: erasureReferenceSchema,
      requestedAt: instant,
      state: z.literal('erasing'),
    }),
  })
  .meta({
    id: 'Erasure',
    description: 'What was asked for is being deleted, and read back (CAL-6, CAL-15).',
  });
export type ErasureView = z.infer<typeof erasureSchema>;

/** What deleting a scan did. */
export const deletedScanSchema = z
  .object({
    givenBack: z.boolean().meta({ description: 'Only a scan that had not ended gives its unit back.' }),
    message: z.string(),
  })
  .meta({
    id: 'DeletedScan',
    description: 'The scan is gone (CAL-3); a used one gives nothing back (CAL-4).',
  });
export type DeletedScan = z.infer<typeof deletedScanSchema>;

const freeText = z
  .string()
  .min(1)
  .max(4 * maxTextLength);

/** Body of `POST /v1/messages`. */
export const newMessageSchema = z
  .strictObject({ topic: z.enum(topics), text: freeText })
  .meta({ id: 'NewMessage' });

export const messageViewSchema = z
  .object({
    id: z.string(),
    topic: z.enum(topics),
    text: z.string(),
    at: instant,
    answer: z.object({ text: z.string(), at: instant }).optional(),
  })
  .meta({ id: 'Message' });
export type MessageView = z.infer<typeof messageViewSchema>;

export const messageIdSchema = scanIdSchema.meta({ id: 'MessageId', description: 'Random id of a message.' });

export const messagesSchema = z
  .object({ messages: z.array(messageViewSchema) })
  .meta({ id: 'Messages', description: 'Newest first.' });
export type Messages = z.infer<typeof messagesSchema>;

/** Body of `POST /v1/feedback`. */
export const feedbackSchema = z
  .strictObject({
    survey: z.string().min(1).max(60),
    version: z.int().positive(),
    answers: z.record(z.string().min(1).max(60), z.union([z.int(), freeText])),
  })
  .meta({ id: 'Feedback' });

export const feedbackIdSchema = scanIdSchema.meta({
  id: 'FeedbackId',
  description: 'Random id of one person’s answers to a survey.',
});

/** What a person answered to a survey. */
export const feedbackViewSchema = z
  .object({
    id: feedbackIdSchema,
    survey: z.string(),
    version: z.int(),
    answers: z.record(z.string(), z.union([z.int(), z.string()])),
    at: instant,
  })
  .meta({ id: 'FeedbackView' });
export type FeedbackView = z.infer<typeof feedbackViewSchema>;

export const feedbackListSchema = z
  .object({ feedback: z.array(feedbackViewSchema) })
  .meta({ id: 'FeedbackList', description: 'Newest first.' });
export type FeedbackList = z.infer<typeof feedbackListSchema>;

/** Body of `POST /v1/reports/minor`. */
export const minorReportSchema = z
  .strictObject({
    email: emailSchema.meta({ description: 'The address of the account that is a minor’s.' }),
    text: freeText.optional(),
    contact: z.string().min(3).max(320).optional(),
  })
  .meta({ id: 'MinorReport' });

/** Body of `POST /v1/reports/security`. */
export const securityReportSchema = z
  .strictObject({
    text: freeText,
    contact: z.string().min(3).max(320).optional(),
  })
  .meta({ id: 'SecurityReport' });

export const receiptSchema = z
  .object({ message: z.string() })
  .meta({ id: 'Receipt', description: 'It arrived.' });
export type Receipt = z.infer<typeof receiptSchema>;

/** Body of `POST /v1/checkout`. */
export const checkoutRequestSchema = z
  .strictObject({
    plan: z
      .string()
      .regex(/^[a-z][a-zA-Z0-9-]{0,59}$/)
      .meta({ description: 'Of `plans` in the policy.', example: 'pack-20' }),
  })
  .meta({ id: 'CheckoutRequest' });
export type CheckoutRequest = z.infer<typeof checkoutRequestSchema>;

export const checkoutSchema = z
  .object({
    url: z.url().meta({ description: 'Send the person there. What they enter to pay never comes here.' }),
  })
  .meta({ id: 'Checkout', description: 'The payment provider’s page, which leads back to the app.' });
export type Checkout = z.infer<typeof checkoutSchema>;

export const checkoutIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,255}$/)
  .meta({ id: 'CheckoutId', description: 'In the address by which the person came back, as `id`.' });

export const purchaseIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,255}$/)
  .meta({ id: 'PurchaseId', description: 'The payment, as the payment provider names it.' });

export const checkoutStateSchema = z
  .object({
    state: z.enum(checkoutStates).meta({
      description:
        'open: not paid. expired: too old to be paid. pending: the money is on its way. paid. failed: no money came, or will.',
    }),
    purchase: purchaseIdSchema.optional().meta({ description: 'Once its scans are there.' }),
  })
  .meta({ id: 'CheckoutState', description: 'What became of a checkout.' });
export type CheckoutState = z.infer<typeof checkoutStateSchema>;

export const purchaseViewSchema = z
  .object({
    id: purchaseIdSchema,
    boughtAt: instant,
    plan: z.string().optional(),
    price: z
      .object({
        minorUnits: z.int().meta({ description: 'In the smallest unit of the currency, tax included.' }),
        currency: z.string(),
        refundedMinorUnits: z.int().meta({ description: 'Of it, what was sent back.' }),
      })
      .optional(),
    scans: z.object({
      total: z.int().meta({ description: 'What the money that was not sent back pays for.' }),
      left: z.int().meta({ description: 'What the next photos can use.' }),
      used: z.int().meta({ description: 'Taken by photos and not given back.' }),
      completed: z.int().meta({ description: 'Of those used, what ended with a result.' }),
    }),
    voidedAt: instant.optional().meta({ description: 'From then on, what was unused cannot be used.' }),
    voidReason: z.enum(voidReasons).optional(),
  })
  .meta({ id: 'Purchase' });
export type PurchaseView = z.infer<typeof purchaseViewSchema>;

export const purchasesSchema = z
  .object({
    purchases: z.array(purchaseViewSchema).meta({ description: 'Newest first.' }),
    scansLeft: z.int().meta({ description: 'Of all of them together.' }),
  })
  .meta({ id: 'Purchases' });
export type Purchases = z.infer<typeof purchasesSchema>;

export const paymentReceiptSchema = z
  .object({ url: z.url().meta({ description: 'At the payment provider; we keep no copy.' }) })
  .meta({ id: 'PaymentReceipt' });
export type PaymentReceipt = z.infer<typeof paymentReceiptSchema>;

/** A field's value as it is shown: a moment is an instant, everything else as it is stored. */
const keptValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.record(z.string(), z.union([z.string(), z.number()])),
]);

export const pageQuerySchema = z.strictObject({ after: z.string().min(1).max(600).optional() });

const nextPage = z.string().optional().meta({ description: 'Send as `after` for the next page.' });

/** One thing that is kept about a person. */
export const keptItemSchema = z
  .object({
    dataClass: z.enum(dataClasses),
    table: z.string().meta({ description: 'Where it is kept, as the privacy notice names it.' }),
    kind: z.string(),
    purpose: localizedSchema.meta({ description: 'What its class is kept for.' }),
    keptBecause: localizedSchema.meta({ description: 'Why this item is kept.' }),
    source: z.enum(sources).meta({ description: 'Whom it came from.' }),
    keptUntil: instant.optional().meta({ description: 'Absent: until what `endsWith` names.' }),
    endsWith: z.enum(retentionEnds),
    withheld: localizedSchema.optional().meta({ description: 'Fields that are somebody else’s, and why.' }),
    item: z.record(z.string(), keptValue),
  })
  .meta({ id: 'KeptItem' });
export type KeptItem = z.infer<typeof keptItemSchema>;

export const exportPageSchema = z
  .object({
    generatedAt: instant,
    product: z.string(),
    policyVersion: z.string(),
    items: z.array(keptItemSchema),
    notShown: z
      .array(
        z.object({
          dataClass: z.enum(dataClasses),
          table: z.string(),
          kind: z.string(),
          why: localizedSchema,
        }),
      )
      .meta({ description: 'Kinds of items that may be about a person and are not in here, and why.' }),
    elsewhere: z
      .array(z.object({ provider: z.string(), what: localizedSchema }))
      .meta({ description: 'Who else holds something, and what: ask there, or us.' }),
    next: nextPage,
  })
  .meta({ id: 'ExportPage', description: 'Everything that is held about me, page by page.' });
export type ExportPage = z.infer<typeof exportPageSchema>;

export const accessLogSchema = z
  .object({
    entries: z.array(
      z.object({
        at: instant,
        category: z
          .enum([...staffCategories, unlisted])
          .meta({ description: 'In which role somebody looked.' }),
        action: z.enum([...staffActionNames, unlisted]).meta({
          description:
            'What they did; `unlisted`: what is of no list of today, in the export as it was written.',
        }),
        reason: z.enum(staffReasons).meta({ description: 'Why.' }),
        dataClasses: z.array(z.enum(dataClasses)).meta({ description: 'What of me it was about.' }),
      }),
    ),
    next: nextPage,
  })
  .meta({ id: 'AccessLog', description: 'Who of the staff looked at my data and why, newest first.' });
export type AccessLog = z.infer<typeof accessLogSchema>;

/** Body of `POST /v1/usage`. */
export const usageSchema = z.strictObject({ event: z.enum(usageEvents) }).meta({ id: 'Usage' });
export type Usage = z.infer<typeof usageSchema>;

export const webhookAnswerSchema = z.object({ received: z.literal(true) }).meta({ id: 'WebhookAnswer' });

/** RFC 9457 problem details. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(errorCodes),
    reference: z.string().meta({ description: 'Quote this to support.' }),
    violations: z.array(z.object({ field: z.string(), problem: z.string() })).optional(),
    purposes: z.array(z.string()).optional(),
    version: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
