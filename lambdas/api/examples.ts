/** Examples of the OpenAPI document; a test holds each against its schema. Nothing here is anybody's. */
import type {
  AccessLog,
  ActRequest,
  Challenge,
  Checkout,
  CheckoutRequest,
  CheckoutState,
  ConsentsView,
  DeletedScan,
  ErasureView,
  ExportPage,
  FeedbackView,
  Health,
  History,
  Me,
  MessageView,
  PaymentReceipt,
  PolicyView,
  Problem,
  Purchases,
  Receipt,
  Rename,
  ScanView,
  SessionsView,
  SessionTokens,
  Status,
  Ticket,
  TicketRequest,
  Usage,
} from '../../core/contract.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { contentTypes } from '../../core/scan.ts';

const id = 'q3Zk0mTnS8u5vJ1xYbD7Hw';
const sha256 = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
const digest = '4e173e4d0608df9c66006d674457cc4b1d4caba8d5a1a5b709f2a023daab5b8f';
const advice =
  'This describes the photo and says nothing about health. With any question about your skin, ask a clinician, whatever a photo shows.';

export const reference = '7KQX-93MD-P2WA-5T0C';

export const ticketRequest: TicketRequest = {
  contentType: 'image/jpeg',
  contentLength: 183_202,
  sha256,
  name: 'Left forearm',
};

export const ticket: Ticket = {
  scan: {
    id,
    state: 'issued',
    name: 'Left forearm',
    issuedAt: '2026-11-21T14:03:04.500Z',
    message: 'Waiting for the photo.',
    charged: false,
  },
  upload: {
    method: 'PUT',
    url: `https://uploads.example/${id}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-Signature=0f`,
    headers: { 'content-type': 'image/jpeg', 'if-none-match': '*', 'x-amz-checksum-sha256': sha256 },
    expiresAt: '2026-11-21T14:04:04.000Z',
  },
};

export const completedScan: ScanView = {
  id,
  state: 'completed',
  name: 'Left forearm',
  issuedAt: '2026-11-21T14:03:04.500Z',
  endedAt: '2026-11-21T14:03:07.410Z',
  band: 'no-clear-difference',
  message: 'No clear colour difference was found in the centre of this photo.',
  advice,
  charged: true,
  model: { name: 'skin-contrast', version: '0.1.0', digest, evaluated: true },
  deletion: { deletedAt: '2026-11-21T14:03:07.120Z', msFromUpload: 610, verified: true },
};

export const history: History = { scans: [completedScan], next: 'WyJxM1prMG1Ub' };

export const rename: Rename = { name: 'Left forearm' };

export const health: Health = { status: 'ok', cleanerSeenAt: '2026-11-21T14:02:31.004Z' };

export const status: Status = {
  status: 'ok',
  cleanerSeenAt: '2026-11-21T14:02:31.004Z',
  lifetimes: { windowDays: 7, count: 48_213, p50Ms: 514, p99Ms: 4_312, maxMs: 181_437 },
  oldestObjectMs: 0,
  oldestObjectSeenAt: '2026-11-21T14:02:31.004Z',
  boundMs: 300_000,
  promise: 'ONE-1',
};

const both = (en: string, de: string) => ({ en, de });

export const policy: PolicyView = {
  product: 'Calmara',
  version: '1.0',
  effectiveFrom: '2026-11-01',
  languages: ['en', 'de'],
  summary: both('Looks at a photo once.', 'Sieht ein Foto einmal an.'),
  versions: [
    {
      version: '1.0',
      effectiveFrom: '2026-11-01',
      asksAgain: true,
      changes: both('The first version.', 'Die erste Fassung.'),
    },
  ],
  adultAge: 18,
  adulthood: {
    version: 1,
    text: both('I am 18 years old or older.', 'Ich bin 18 Jahre alt oder älter.'),
  },
  consents: [
    {
      purpose: 'image-processing',
      version: 1,
      title: both('Look at my photo once', 'Mein Foto einmal ansehen'),
      text: both(
        'I agree that a photo I send is analysed once by software.',
        'Ich willige ein, dass ein Foto, das ich sende, einmal von einer Software ausgewertet wird.',
      ),
    },
  ],
  notices: [
    {
      noticeId: 'no-identity',
      text: both('Send no photo that shows who you are.', 'Sende kein Foto, auf dem man dich erkennt.'),
    },
  ],
  plans: [
    {
      planId: 'pack-20',
      title: both('20 scans', '20 Scans'),
      scans: 20,
      price: { minorUnits: 499, currency: 'EUR' },
    },
  ],
  surveys: [
    {
      surveyId: 'after-scan',
      version: 1,
      title: both('How was it?', 'Wie war es?'),
      questions: [
        {
          questionId: 'clear',
          kind: 'rating',
          text: both('How clear was the result?', 'Wie klar war das Ergebnis?'),
        },
      ],
    },
  ],
  contacts: [
    {
      role: 'support',
      purpose: both('Questions and problems', 'Fragen und Probleme'),
      address: 'mailto:support@example.com',
    },
  ],
  kept: [
    {
      dataClass: 'health',
      kinds: [
        {
          why: both('What was said of a photo.', 'Was zu einem Foto gesagt wurde.'),
          source: 'software',
          endsWith: 'person-deletes-it-or-account-closed',
        },
      ],
      readers: ['person', 'api'],
    },
  ],
  providers: [{ name: 'Stripe', gets: both('The payment.', 'Die Zahlung.') }],
  limits: {
    ticketsPerDay: 20,
    maxUploadBytes: 10_485_760,
    maxTextLength: 2000,
    contentTypes: [...contentTypes],
  },
  model: {
    name: 'skin-contrast',
    version: '0.1.0',
    digest,
    evaluated: true,
    bands: [
      {
        band: 'no-clear-difference',
        message: 'No clear colour difference was found in the centre of this photo.',
      },
    ],
    advice,
    input: { width: 256, height: 256, fit: 'cover', enlarge: false },
    gates: [{ reason: 'too-dark', measure: 'mean-luma', min: 0.1 }],
  },
};

const email = 'somebody@example.com';
const challengeId = 'Vd0q1Yh4R8uWn2kz5TtB7A';
const at = '2026-11-21T14:00:12.004Z';

export const deletedScan: DeletedScan = {
  givenBack: false,
  message: 'The scan is deleted. The scan that it used is not given back to your plan.',
};

export const codeRequest = { email, language: 'en' };

export const challenge: Challenge = { challenge: challengeId, expiresAt: '2026-11-21T14:10:12.004Z' };

export const verification = { email, challenge: challengeId, code: '4071 8823', keep: 'body' } as const;

export const refresh = { refreshToken: 'bXJ4.c2Vz.3.Zm9yIGV4YW1wbGU' };

export const tokens: SessionTokens = {
  accessToken: 'eyJhbGciOiJFUzI1NiJ9.eyJ0b2tlbl91c2UiOiJhY2Nlc3MifQ.c2lnbmF0dXJl',
  expiresInSeconds: 300,
  refreshToken: 'bXJ4.c2Vz.4.Zm9yIGV4YW1wbGU',
};

export const sessions: SessionsView = {
  sessions: [
    {
      id: 'J2rYc8bQ0mSx4tLw6vZn1g',
      createdAt: at,
      lastUsedAt: at,
      expiresAt: '2026-12-21T14:00:12.004Z',
      current: true,
    },
  ],
};

export const act: ActRequest = { version: 1, language: 'en' };

export const consents: ConsentsView = {
  consents: [{ purpose: 'image-processing', version: 1, granted: true, at }],
  acts: [
    {
      kind: 'consent-given',
      text: 'image-processing',
      version: '1',
      language: 'en',
      textDigest: digest,
      at,
      by: 'PUT /v1/me/consents/{purpose}',
    },
  ],
};

export const me: Me = {
  email,
  language: 'en',
  openedAt: at,
  adultAffirmedAt: at,
  policy: { acceptedVersion: '1.0', acceptedAt: at, currentVersion: '1.0', mustAccept: false },
  consents: consents.consents,
  missing: [],
};

export const erasure: ErasureView = {
  erasure: { reference: 'f7Qk2mTnS8u5vJ1xYbD7Hw', requestedAt: at, state: 'erasing' },
};

export const newMessage = {
  topic: 'question',
  text: 'My last scan says that the photo is blurred. How do I hold the phone?',
} as const;

export const message: MessageView = {
  id: 'q3Zk0mTnS8u5vJ1xYbD7Hw',
  ...newMessage,
  at,
  answer: { text: 'About a hand away, and tap the skin to focus.', at: '2026-11-21T16:41:00.000Z' },
};

export const feedback = { survey: 'after-scan', version: 1, answers: { clear: 4 } };

export const feedbackView: FeedbackView = { id: 'Kc0vT2m9RzQ4wXbYs1LpHg', ...feedback, at };

export const receipt: Receipt = { message: 'Thank you.' };

export const minorReport = { email, text: 'This is my child’s account.' };

export const securityReport = { text: 'The header X is missing at Y.', contact: 'finder@example.com' };

export const checkoutRequest: CheckoutRequest = { plan: 'pack-20' };

export const checkout: Checkout = { url: 'https://checkout.stripe.com/c/pay/cs_test_a1b2c3' };

export const checkoutState: CheckoutState = { state: 'paid', purchase: 'pi_3PzQ8a2eZvKYlo2C1gH5kT7x' };

export const purchases: Purchases = {
  purchases: [
    {
      id: 'pi_3PzQ8a2eZvKYlo2C1gH5kT7x',
      boughtAt: at,
      plan: 'pack-20',
      price: { minorUnits: 499, currency: 'EUR', refundedMinorUnits: 0 },
      scans: { total: 20, left: 13, used: 7, completed: 7 },
    },
  ],
  scansLeft: 13,
};

export const paymentReceipt: PaymentReceipt = { url: 'https://pay.stripe.com/receipts/payment/CAcaFwo' };

export const exportPage: ExportPage = {
  generatedAt: at,
  product: 'Calmara',
  policyVersion: '1.0',
  items: [
    {
      dataClass: 'evidence',
      table: 'consents',
      kind: 'consent',
      purpose: both('Showing that consent was given.', 'Zu zeigen, dass eingewilligt wurde.'),
      keptBecause: both('What you agree to at present.', 'Worin du zurzeit einwilligst.'),
      source: 'person',
      endsWith: 'account-closed',
      item: { item: 'consent#image-processing', purpose: 'image-processing', version: 1, granted: true, at },
    },
  ],
  notShown: [
    {
      dataClass: 'communications',
      table: 'communications',
      kind: 'security',
      why: both('Nobody knows that it was you.', 'Niemand weiß, dass du es warst.'),
    },
  ],
  elsewhere: [{ provider: 'Stripe', what: both('The payment.', 'Die Zahlung.') }],
  next: 'WzUsIm1lc3NhZ2UjMjAyNi0xMSJd',
};

export const accessLog: AccessLog = {
  entries: [
    {
      at,
      category: 'support',
      action: 'messages',
      reason: 'message-waiting',
      dataClasses: ['communications'],
    },
  ],
};

export const usage: Usage = { event: 'result-seen' };

/** What some problems carry beside their standard members. */
export const problemExtras: { readonly [C in ErrorCode]?: Partial<Problem> } = {
  'invalid-request': { violations: [{ field: 'contentLength', problem: 'must be more than 0' }] },
  'policy-changed': { version: '1.0' },
  'text-changed': { version: '2' },
  'consent-required': { purposes: ['image-processing'] },
  'too-many-bytes': { maxUploadBytes: 10_485_760 },
  'unsupported-content-type': { contentTypes: [...contentTypes] },
};
