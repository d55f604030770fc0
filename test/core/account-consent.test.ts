import { describe, expect, it } from 'vitest';
import { refuseAccount } from '../../core/account.ts';
import { missingConsents, stands } from '../../core/consent.ts';
import { aConsent, anAccount, required } from '../contract/given.ts';

describe('an account', () => {
  it('may submit when it is active and adult (CAL-7)', () => {
    expect(refuseAccount(anAccount('a'))).toBeUndefined();
  });

  it.each([
    ['no account', undefined, 'account-inactive'],
    ['a suspended one', { ...anAccount('a'), state: 'suspended' }, 'account-inactive'],
    ['one that did not affirm adulthood', { accountId: 'a', state: 'active' }, 'adults-only'],
  ] as const)('rejects %s', (_title, account, code) => {
    expect(refuseAccount(account)).toBe(code);
  });
});

describe('a consent', () => {
  it('stands when granted, for its purpose, to a text that is new enough (ALY-1)', () => {
    expect(missingConsents([aConsent()], required)).toEqual([]);
    expect(missingConsents([{ ...aConsent(), version: 2 }], required)).toEqual([]);
  });

  it.each([
    ['none at all', undefined],
    ['a withdrawn one', aConsent(false)],
    ['one to an older text', { ...aConsent(), version: 0 }],
    ['one for another purpose', { ...aConsent(), purpose: 'newsletter' }],
  ])('rejects %s', (_title, consent) => {
    expect(stands(consent, required[0])).toBe(false);
    expect(missingConsents(consent === undefined ? [] : [consent], required)).toEqual(['image-processing']);
  });
});
