/**
 * The policy as people are told it, in one language and as plain text: what it means to accept a version. Evidence of the
 * act holds its digest (CAL-16). Consents and the affirmation of adulthood are acts of their own, with texts and numbers of
 * their own, and are not in it. Pure.
 */
import { currentVersion, localized, type ItemKind, type Policy, type Retention } from './policy.ts';

/** The same policy and language: the same text, to the letter. */
export function policyText(policy: Policy, language: string): string {
  const { version, effectiveFrom, changes } = currentVersion(policy);
  const say = (text: Parameters<typeof localized>[0]): string => localized(text, language);
  const kindText = (kind: ItemKind, ofClass: Retention): string =>
    [
      `- ${say(kind.why)} [${untilText(kind.retention ?? ofClass)}]`,
      ...(kind.notShown === undefined ? [] : [say(kind.notShown)]),
      ...(kind.withheld === undefined ? [] : [say(kind.withheld.why)]),
    ].join(' ');
  return [
    `${policy.product.name} ${version}, ${effectiveFrom}`,
    say(policy.summary),
    say(changes),
    ...policy.notices.map(({ text }) => say(text)),
    `${policy.adultAge}+`,
    ...policy.dataClasses.flatMap(({ table, purpose, kinds, retention, readers, erasure }) => [
      `${table}: ${say(purpose)} [${readers.join(', ')}; ${erasure}]`,
      ...kinds.map((kind) => kindText(kind, retention)),
    ]),
    ...policy.providers.map(({ name, role, gets, where }) =>
      [`${name}:`, say(role), say(gets), say(where)].join(' '),
    ),
    ...policy.keptElsewhere.map(({ who, what, until, why }) =>
      [`${say(who)}:`, say(what), say(until), say(why)].join(' '),
    ),
    ...policy.security.map(say),
    ...policy.contacts.map(({ role, purpose }) => `${role}: ${say(purpose)}`),
  ].join('\n');
}

function untilText(retention: Retention): string {
  return 'days' in retention ? `${retention.until}: ${retention.days}` : retention.until;
}
