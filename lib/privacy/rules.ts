/**
 * The promises as rules over synthesised templates. A rule answers every breach it finds, with the promise's id and
 * what to change; it never repairs anything. Pure: templates and settings in, breaches out.
 */
import type { Settings } from '../settings.ts';
import { accessRules } from './access-rules.ts';
import { bucketRules } from './bucket-rules.ts';
import { edgeRules } from './edge-rules.ts';
import { grantsOf, type Grant } from './grants.ts';
import { keepingRules } from './keeping-rules.ts';
import { networkRules } from './network-rules.ts';
import type { Resource } from './template.ts';

/** What every rule may look at. */
export interface Synthesised {
  readonly settings: Settings;
  readonly resources: readonly Resource[];
  readonly grants: readonly Grant[];
}

/** A place that breaks a promise. */
export interface Breach {
  /** Default: the app as a whole; something that must be there is not. */
  readonly resource?: Resource;
  /** Below the resource's properties. */
  readonly location: string;
  /** What was found. */
  readonly found: string;
}

export interface PrivacyRule {
  /** Stable; begins with the promise's id. */
  readonly name: string;
  readonly promise: string;
  /** What must be so. */
  readonly description: string;
  /** What to change. */
  readonly fix: string;
  find(app: Synthesised): readonly Breach[];
}

/** Every rule, in the order of their reports. */
export const privacyRules: readonly PrivacyRule[] = [
  ...bucketRules,
  ...accessRules,
  ...networkRules,
  ...edgeRules,
  ...keepingRules,
];

/** All breaches of all rules. */
export function findBreaches(
  settings: Settings,
  resources: readonly Resource[],
): readonly { readonly rule: PrivacyRule; readonly breaches: readonly Breach[] }[] {
  const app = { settings, resources, grants: grantsOf(resources) };
  return privacyRules
    .map((rule) => ({ rule, breaches: rule.find(app) }))
    .filter(({ breaches }) => breaches.length > 0);
}
