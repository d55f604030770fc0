/** A scan as its owner sees it: the contract's fields, and a sentence that says what it means and what to do. */
import type { ScanView } from '../../core/contract.ts';
import { namesEvaluated } from '../../core/model/evaluation.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import type {
  Band,
  FailureReason,
  InconclusiveReason,
  ModelIdentity,
  Outcome,
  RejectionReason,
  VerifiedDeletion,
} from '../../core/outcome.ts';
import { chargeOf, isOpen, type Scan } from '../../core/scan.ts';

const notCharged = 'Nothing was charged.';

/** What to do when there is no result; a reason without a sentence does not compile. */
export const reasonMessages: {
  readonly [R in InconclusiveReason | RejectionReason | FailureReason]: string;
} = {
  'too-dark': `The photo is too dark. Take it again in daylight, without a shadow. ${notCharged}`,
  'too-bright': `The photo is too bright. Take it again without flash or direct sun. ${notCharged}`,
  blurred: `The photo is blurred. Hold still, tap the skin to focus and take it again. ${notCharged}`,
  'not-enough-skin': `Too little skin is in the photo. Go closer, until skin fills most of it. ${notCharged}`,
  'not-skin': `The photo does not seem to show skin. Take a close photo of skin alone. ${notCharged}`,
  contradictory: `The photo can be read in two ways, so nothing is said of it. Take another one, closer and in daylight. ${notCharged}`,
  uncertain: `The photo allows no clear statement. Take another one, closer and in daylight. ${notCharged}`,
  'not-evaluated': `The analysis is not released yet, so nothing is said of the photo. ${notCharged}`,
  'model-error': `The photo could not be analysed. Send it again, or take another one. ${notCharged}`,
  'unsupported-format': `This is no JPEG, PNG, WebP, HEIC or AVIF photo that can be read, whatever its name says. Convert it and send it again. ${notCharged}`,
  'corrupt-image': `The photo's file is damaged. Take another photo. ${notCharged}`,
  'too-many-pixels': `The photo has too many pixels. Send it smaller: 50 megapixels at most, 25 as HEIC or AVIF. ${notCharged}`,
  'too-small': `The photo is too small. Send the original, not a thumbnail. ${notCharged}`,
  'animated-image': `This is an animation. Send one still photo. ${notCharged}`,
  'checksum-mismatch': `The bytes that arrived are not those that were announced. Send the photo again. ${notCharged}`,
  'length-mismatch': `The photo arrived with another length than announced. Send it again. ${notCharged}`,
  'not-analysed': `The photo arrived but was not looked at in time, and was deleted. Send it again. ${notCharged}`,
  'image-gone': `The photo was gone before it could be looked at. Send it again. ${notCharged}`,
  interrupted: `The analysis was interrupted, and the photo deleted. Send it again. ${notCharged}`,
  'deletion-unverified': `The analysis ended without a result, because the photo's deletion could not be confirmed at once. It is deleted within five minutes. ${notCharged}`,
};

const forTestsOnly = 'The model that says so has not been evaluated: for tests only.';

const stateMessages = {
  issued: 'Waiting for the photo.',
  claimed: 'The photo is being looked at.',
  expired: `No photo arrived in time. Start again. ${notCharged}`,
  completed: 'The photo was looked at.',
};

/** @throws RangeError for an erased scan, which belongs to nobody and is shown to nobody. */
export function viewScan(scan: Scan, manifest: Manifest): ScanView {
  const base = {
    id: scan.scanId,
    issuedAt: instant(scan.issuedAt),
    ...(scan.name === undefined ? {} : { name: scan.name }),
  };
  if (isOpen(scan)) {
    return { ...base, state: scan.state, message: stateMessages[scan.state], charged: false };
  }
  return {
    ...base,
    endedAt: instant(scan.endedAt),
    charged: chargeOf[scan.state] === 'charged',
    ...viewOutcome(scan.outcome, manifest),
  };
}

function viewOutcome(outcome: Outcome, manifest: Manifest): Omit<ScanView, 'id' | 'issuedAt' | 'charged'> {
  switch (outcome.state) {
    case 'completed': {
      const { state, band, model, deletion } = outcome;
      const message = `${sentenceOf(band, manifest)}${namesEvaluated(model) ? '' : ` ${forTestsOnly}`}`;
      const { advice } = manifest;
      return { state, band, message, advice, ...viewModel(model), ...viewDeletion(deletion) };
    }
    case 'inconclusive': {
      const { state, reason, model, deletion } = outcome;
      return {
        ...viewReason(state, reason),
        // The same whatever the result, so that it says nothing about this one.
        advice: manifest.advice,
        ...viewModel(model),
        ...viewDeletion(deletion),
      };
    }
    case 'rejected':
    case 'failed':
      return { ...viewReason(outcome.state, outcome.reason), ...viewDeletion(outcome.deletion) };
    case 'expired':
      return { state: 'expired', message: stateMessages.expired };
    case 'erased':
      throw new RangeError('an erased scan is shown to nobody');
  }
}

function viewReason<S extends ScanView['state'], R extends keyof typeof reasonMessages>(state: S, reason: R) {
  return { state, reason, message: reasonMessages[reason] };
}

/** A band of an older model may be missing from today's vocabulary; the word itself still stands. */
function sentenceOf(band: Band, { bands }: Manifest): string {
  const known = Object.hasOwn(bands, band) ? bands[band] : undefined;
  return known?.sentence ?? stateMessages.completed;
}

function viewModel({ name, version, digest }: ModelIdentity) {
  return { model: { name, version, digest, evaluated: namesEvaluated({ version }) } };
}

function viewDeletion(deletion: VerifiedDeletion | undefined) {
  if (deletion === undefined) return {};
  const { deletedAt, msFromUpload } = deletion;
  return { deletion: { deletedAt: instant(deletedAt), msFromUpload, verified: true as const } };
}

/** Epoch ms as RFC 3339 with milliseconds, UTC. */
export function instant(at: number): string {
  return new Date(at).toISOString();
}
