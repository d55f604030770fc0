/**
 * A scan as its stored item and back. The only place that knows the item's attributes; nothing that CAL-2
 * forbids has an attribute here.
 */
import { z } from 'zod';
import {
  failureReasons,
  inconclusiveReasons,
  isBand,
  rejectionReasons,
  type Band,
  type Outcome,
} from '../../../core/outcome.ts';
import { contentTypes, openShardOf, type IssuedScan, type Scan } from '../../../core/scan.ts';
import { stamped, upgraded } from './layout.ts';

const base = { scanId: z.string(), issuedAt: z.int(), name: z.string().optional() };

const ticketed = {
  ...base,
  accountId: z.string(),
  paymentIntentId: z.string(),
  deadlineAt: z.int(),
  openShard: z.string(),
  contentType: z.enum(contentTypes),
  contentLength: z.int(),
  sha256: z.string(),
};

const ended = {
  ...base,
  accountId: z.string().optional(),
  endedAt: z.int(),
  removeAfter: z.int().optional(),
};

const deletion = { deletedAt: z.int(), msFromUpload: z.int() };
const model = { modelName: z.string(), modelVersion: z.string(), modelDigest: z.string() };

/** Closed: an attribute that is not named here makes the item unreadable, and a test fails. */
const scanItem = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('issued'), ...ticketed }),
  z.strictObject({
    state: z.literal('claimed'),
    ...ticketed,
    leaseId: z.string(),
    leaseUntil: z.int(),
    etag: z.string(),
    sequencer: z.string(),
  }),
  z.strictObject({
    state: z.literal('completed'),
    ...ended,
    band: z.custom<Band>((value) => typeof value === 'string' && isBand(value)),
    ...model,
    ...deletion,
  }),
  z.strictObject({
    state: z.literal('inconclusive'),
    ...ended,
    reason: z.enum(inconclusiveReasons),
    ...model,
    ...deletion,
  }),
  z.strictObject({ state: z.literal('rejected'), ...ended, reason: z.enum(rejectionReasons), ...deletion }),
  z.strictObject({
    state: z.literal('failed'),
    ...ended,
    reason: z.enum(failureReasons),
    deletedAt: z.int().optional(),
    msFromUpload: z.int().optional(),
  }),
  z.strictObject({ state: z.literal('expired'), ...ended }),
  z.strictObject({ state: z.literal('erased'), ...ended }),
]);

type ScanItem = z.infer<typeof scanItem>;

/** Attributes of an open scan that do not outlive it. */
export const openAttributes = [
  'openShard',
  'paymentIntentId',
  'deadlineAt',
  'contentType',
  'contentLength',
  'sha256',
  'leaseId',
  'leaseUntil',
  'etag',
  'sequencer',
] as const;

/** An issued scan as the item that its ticket writes. */
export function itemOfIssued(scan: IssuedScan): ScanItem & { readonly layout: number } {
  const { upload, ...rest } = scan;
  return stamped({ ...rest, ...upload, openShard: openShardOf(scan.scanId) });
}

/** What a scan's end adds to its item. */
export function outcomeAttributes(outcome: Outcome): Record<string, string | number> {
  const kept: Record<string, string | number> = { state: outcome.state };
  if ('band' in outcome) kept['band'] = outcome.band;
  if ('reason' in outcome) kept['reason'] = outcome.reason;
  if ('model' in outcome) {
    kept['modelName'] = outcome.model.name;
    kept['modelVersion'] = outcome.model.version;
    kept['modelDigest'] = outcome.model.digest;
  }
  if ('deletion' in outcome && outcome.deletion !== undefined) {
    kept['deletedAt'] = outcome.deletion.deletedAt;
    kept['msFromUpload'] = outcome.deletion.msFromUpload;
  }
  return kept;
}

/** Reads a stored item; throws on anything that the schema does not name. */
export function scanOfItem(raw: unknown): Scan {
  const item = scanItem.parse(upgraded(raw));
  const { scanId, issuedAt } = item;
  const name = item.name === undefined ? {} : { name: item.name };
  if (item.state === 'issued' || item.state === 'claimed') {
    const { accountId, paymentIntentId, deadlineAt, contentType, contentLength, sha256 } = item;
    const open = { scanId, issuedAt, ...name, accountId, paymentIntentId, deadlineAt };
    const upload = { contentType, contentLength, sha256 };
    if (item.state === 'issued') return { ...open, state: 'issued', upload };
    const { leaseId, leaseUntil, etag, sequencer } = item;
    return { ...open, state: 'claimed', upload, lease: { leaseId, leaseUntil, etag, sequencer } };
  }
  return {
    scanId,
    issuedAt,
    ...name,
    ...(item.accountId === undefined ? {} : { accountId: item.accountId }),
    state: item.state,
    endedAt: item.endedAt,
    outcome: outcomeOfItem(item),
  };
}

function outcomeOfItem(item: Exclude<ScanItem, { state: 'issued' | 'claimed' }>): Outcome {
  switch (item.state) {
    case 'completed':
      return { state: item.state, band: item.band, model: modelOf(item), deletion: deletionOf(item) };
    case 'inconclusive':
      return { state: item.state, reason: item.reason, model: modelOf(item), deletion: deletionOf(item) };
    case 'rejected':
      return { state: item.state, reason: item.reason, deletion: deletionOf(item) };
    case 'failed': {
      const { reason, deletedAt, msFromUpload } = item;
      return deletedAt === undefined || msFromUpload === undefined
        ? { state: item.state, reason }
        : { state: item.state, reason, deletion: { deletedAt, msFromUpload } };
    }
    case 'expired':
      return { state: item.state };
    case 'erased':
      return { state: item.state };
  }
}

function modelOf(item: { modelName: string; modelVersion: string; modelDigest: string }) {
  return { name: item.modelName, version: item.modelVersion, digest: item.modelDigest };
}

function deletionOf(item: { deletedAt: number; msFromUpload: number }) {
  return { deletedAt: item.deletedAt, msFromUpload: item.msFromUpload };
}
