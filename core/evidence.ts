/**
 * Evidence of what a person did to join: separate, affirmative acts, each kept with the text it was about. Evidence
 * is only ever added; what stands now is kept beside it. Pure.
 */

/** What can be done, one act at a time. */
export const actKinds = [
  'adulthood-affirmed',
  'policy-accepted',
  'consent-given',
  'consent-withdrawn',
] as const;
export type ActKind = (typeof actKinds)[number];

/** One act of one person. */
export interface Act {
  /** Random; makes the item's key unique. */
  readonly actId: string;
  readonly kind: ActKind;
  /** What the text is called: a purpose, `adulthood` or `policy`. */
  readonly text: string;
  /** Version of the text that was shown. */
  readonly version: string;
  /** Language in which it was shown; a withdrawal needs none. */
  readonly language?: string;
  /** SHA-256 of the text as it was shown, lower-case hex: a file beside the policy keeps every text under it. */
  readonly textDigest?: string;
  /** Epoch ms. */
  readonly at: number;
  /** The request that was the act, as the API names it. */
  readonly by: string;
}
