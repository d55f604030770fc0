import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import {
  currentVersion,
  localized,
  mustAcceptAgain,
  parsePolicy,
  versionsUnheardOf,
  type Policy,
  type PolicyInput,
} from '../../core/policy.ts';
import { calmara } from '../../policies/calmara.ts';

const changes = { en: 'Changed.', de: 'Geändert.' };
const version = (
  name: string,
  asksAgain: boolean,
  effectiveFrom = '2026-12-01',
): Policy['versions'][number] => ({
  version: name,
  effectiveFrom,
  asksAgain,
  changes,
});

function withVersions(...versions: readonly Policy['versions'][number][]): Policy {
  return parsePolicy({ ...calmara, versions: [...calmara.versions, ...versions] });
}

describe('a policy', () => {
  it('is in force in its last version', () => {
    expect(currentVersion(withVersions(version('1.1', false))).version).toBe('1.1');
  });

  it('asks again from a version on that says so, and whoever accepted none (CAL-16)', () => {
    const policy = withVersions(version('1.1', false), version('2.0', true), version('2.1', false));
    expect(['1.0', '1.1', '2.0', '2.1', undefined, '9.9'].map((one) => mustAcceptAgain(policy, one))).toEqual(
      [true, true, false, false, true, true],
    );
  });

  it.each([
    [undefined, undefined, ['1.1', '2.0']],
    ['1.0', '1.0', ['1.1', '2.0']],
    ['1.0', '1.1', ['2.0']],
    ['1.1', '1.0', ['2.0']],
    ['2.0', undefined, []],
    ['1.0', '2.0', []],
    ['0.9', undefined, ['1.0', '1.1', '2.0']],
    ['0.9', '1.1', ['2.0']],
  ])('is news from behind what somebody was told (%s) and accepted (%s)', (told, accepted, news) => {
    const policy = withVersions(version('1.1', false), version('2.0', true));
    expect(versionsUnheardOf(policy, { told, accepted }).map((one) => one.version)).toEqual(news);
  });

  it('speaks English where it has no other word', () => {
    expect(localized(changes, 'de')).toBe('Geändert.');
    expect(localized(changes, 'fr')).toBe('Changed.');
  });

  it.each([
    ['a text without one of its languages', { summary: { en: 'Only English.' } }],
    ['a version that stands twice', { versions: [version('1.0', true), version('1.0', true)] }],
    [
      'versions out of order',
      { versions: [version('1.0', true, '2026-12-01'), version('1.1', true, '2026-11-01')] },
    ],
    ['an age under 18', { adultAge: 17 }],
    [
      'a price that is no whole number',
      { plans: [{ ...calmara.plans[0], price: { minorUnits: 4.99, currency: 'EUR' } }] },
    ],
    ['a field that is not known', { marketing: true }],
  ])('rejects %s', (_what, more) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a policy file might hold
    expect(() => parsePolicy({ ...calmara, ...more } as PolicyInput)).toThrow(ZodError);
  });
});
