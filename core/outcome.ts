/**
 * What may be kept of a scan, and nothing else (CAL-2). A detailed result is not representable: every field
 * is a word of a closed list, a moment, or the name of the model that looked (ONE-7).
 */

/** Why a photo cannot be used. */
export const rejectionReasons = [
  'unsupported-format',
  'corrupt-image',
  'too-many-pixels',
  'too-small',
  'animated-image',
  'checksum-mismatch',
  'length-mismatch',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** Why the model cannot tell. */
export const inconclusiveReasons = [
  'too-dark',
  'too-bright',
  'blurred',
  'not-enough-skin',
  'not-skin',
  'contradictory',
  'uncertain',
  'not-evaluated',
  'model-error',
] as const;
export type InconclusiveReason = (typeof inconclusiveReasons)[number];

/** Why an object that arrived gave no result. */
export const failureReasons = ['not-analysed', 'image-gone', 'interrupted', 'deletion-unverified'] as const;
export type FailureReason = (typeof failureReasons)[number];

declare const bandBrand: unique symbol;
/** A word of the chosen model's closed vocabulary, for example `no-clear-difference`. */
export type Band = string & { readonly [bandBrand]: true };

/** The form of a band, but for its length with hyphens. */
export const bandPattern = /^[a-z](?:-?[a-z]){1,39}$/;

/** Says whether a label has the form of a band: 2 to 40 small letters, single hyphens between. */
export function isBand(label: string): label is Band {
  return label.length <= 40 && bandPattern.test(label);
}

/** The model that made a result. */
export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the ONNX file, lower-case hex. */
  readonly digest: string;
}

/** The deletion of the image; exists only once storage answered that the object is gone. */
export interface VerifiedDeletion {
  /** Epoch ms. */
  readonly deletedAt: number;
  /** From the time of the storage event to the deletion, ms. */
  readonly msFromUpload: number;
}

/** What the model said of one photo, before it is bound to a deletion. */
export type Finding =
  | { readonly kind: 'completed'; readonly band: Band }
  | { readonly kind: 'inconclusive'; readonly reason: InconclusiveReason };

/** The end of a scan: exactly one, never changed afterwards. */
export type Outcome =
  | {
      readonly state: 'completed';
      readonly band: Band;
      readonly model: ModelIdentity;
      readonly deletion: VerifiedDeletion;
    }
  | {
      readonly state: 'inconclusive';
      readonly reason: InconclusiveReason;
      readonly model: ModelIdentity;
      readonly deletion: VerifiedDeletion;
    }
  | { readonly state: 'rejected'; readonly reason: RejectionReason; readonly deletion: VerifiedDeletion }
  | { readonly state: 'failed'; readonly reason: FailureReason; readonly deletion?: VerifiedDeletion }
  | { readonly state: 'expired' }
  | { readonly state: 'erased' };
