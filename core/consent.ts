/** Explicit consents: what stands for an account, against what the policy asks for. Pure. */

/** What an account last said about one purpose. Evidence of each act is kept beside it. */
export interface Consent {
  readonly purpose: string;
  /** Version of the text that was agreed to or withdrawn. */
  readonly version: number;
  readonly granted: boolean;
  /** Epoch ms of the act. */
  readonly at: number;
}

/** A consent that something depends on, from `sinceVersion` of its text on. */
export interface RequiredConsent {
  readonly purpose: string;
  readonly sinceVersion: number;
}

/** Says whether one consent meets one requirement. */
export function stands(consent: Consent | undefined, required: RequiredConsent): boolean {
  return consent?.purpose === required.purpose && consent.granted && consent.version >= required.sinceVersion;
}

/** The required purposes without a standing consent, in the policy's order. */
export function missingConsents(
  consents: readonly Consent[],
  required: readonly RequiredConsent[],
): readonly string[] {
  return required
    .filter((requirement) => !consents.some((consent) => stands(consent, requirement)))
    .map((requirement) => requirement.purpose);
}
