/** Settings of an environment: what they refuse, what they say of a weaker promise. */
import { describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import recommended from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { emulator } from '../../lib/environments/emulator.ts';
import { production } from '../../lib/environments/production.ts';
import { settingsOf } from '../../lib/environments.ts';
import {
  emulatorSwitches,
  parseSettings,
  returnUrlOf,
  SettingsError,
  uploadOriginsOf,
  vcpusOf,
  weakened,
} from '../../lib/settings.ts';
import { calmara } from '../../policies/calmara.ts';

/** Production with addresses that could exist. */
const filledIn = {
  ...production,
  mailFrom: 'sign-in@app.example',
  domain: {
    name: 'app.example',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888',
  },
  alarmAddress: 'alarms@app.example',
};

/** The promises that a refusal names. */
function refusal(more: object): readonly (string | undefined)[] {
  try {
    parseSettings({ ...production, ...more });
  } catch (error) {
    if (error instanceof SettingsError) return error.remarks.map(({ promise }) => promise);
    throw error;
  }
  return [];
}

describe('settings', () => {
  it.each(['dev', 'production', 'emulator'])('of %s are accepted as committed', (name) => {
    expect(settingsOf(name).environment).toBe(name);
  });

  it('rejects an environment that is not there, naming those that are', () => {
    expect(() => settingsOf('staging')).toThrow(/"staging", and there are: dev, production, emulator/);
  });

  it.each(Object.entries(emulatorSwitches))(
    'rejects the emulator’s switch %s in production, by the promise that falls',
    (name, { promise, falls }) => {
      expect(refusal({ emulatorSwitches: [name] })).toEqual([promise]);
      expect(() => parseSettings({ ...production, emulatorSwitches: [name] })).toThrow(falls);
      expect(refusal({ kind: 'development', emulatorSwitches: [name] })).toEqual([promise]);
    },
  );

  it('rejects backups of a class about persons, and takes them for operations (CAL-6)', () => {
    for (const dataClass of ['personal', 'health', 'transactions', 'evidence', 'communications']) {
      expect(refusal({ backedUp: [dataClass] })).toEqual(['CAL-6']);
    }
    expect(refusal({ backedUp: ['operations'] })).toEqual([]);
  });

  it('rejects a region that the policy does not name (ALY-4)', () => {
    const dataClasses = calmara.dataClasses.map((one) => ({ ...one, regions: ['ap-south-1'] }));
    const policy = { ...calmara, dataClasses };
    expect(new Set(refusal({ policy }))).toEqual(new Set(['ALY-4']));
    expect(refusal({ policy, region: 'ap-south-1' })).toEqual([]);
  });

  it('rejects an issuer on this machine where people sign in (CAL-12), and keys in clear anywhere', () => {
    expect(refusal({ issuer: emulator.issuer })).toEqual(['CAL-12']);
    expect(refusal({ kind: 'development', issuer: emulator.issuer })).toEqual(['CAL-12']);
    const clear = { ...emulator.issuer, jwksUrl: 'http://issuer.example/keys' };
    expect(refusal({ kind: 'emulator', issuer: clear })).toEqual(['ALY-8']);
  });

  it('rejects, in production, a page in clear', () => {
    expect(refusal({ uploadOrigins: ['http://app.invalid'] })).toEqual(['ALY-8']);
    expect(refusal({ kind: 'development', uploadOrigins: ['http://localhost:5173'] })).toEqual([]);
    expect(refusal({ uploadOrigins: ['https://*'] })).toEqual(['ONE-4']);
    expect(refusal({ uploadOrigins: ['https://app.example/look'] })).toEqual(['ONE-4']);
  });

  it('lead back to the app from paying, and let its pages upload, without being told twice', () => {
    const settings = parseSettings({ ...filledIn, uploadOrigins: ['https://other.example'] });
    expect(returnUrlOf(settings)).toBe('https://app.example/account/purchases');
    expect(uploadOriginsOf(settings)).toEqual(['https://other.example', 'https://app.example']);
  });

  it('rejects selling where whoever paid would come back nowhere, or in clear (CAL-8)', () => {
    expect(refusal({ domain: undefined })).toEqual(['CAL-8']);
    const clear = { ...production.stripe, returnUrl: 'http://app.example/bought' };
    expect(refusal({ stripe: clear })).toEqual(['ALY-8']);
  });

  it.each([
    ['a certificate of another region', { certificateArn: 'arn:aws:acm:eu-central-1:1:certificate/1' }],
    ['a firewall that is not made for distributions', { webAclArn: 'arn:aws:wafv2:us-east-1:1:regional/x' }],
    ['an address in place of a name', { name: 'https://app.example' }],
  ])('rejects %s for the domain', (_what, more) => {
    expect(() => parseSettings({ ...filledIn, domain: { ...filledIn.domain, ...more } })).toThrow(
      new RegExp(Object.keys(more).join()),
    );
  });

  it('take the address of a local issuer’s keys from the command, and reject it elsewhere', () => {
    const localKeys = 'http://127.0.0.1:4000/keys';
    expect(settingsOf('emulator', { localKeys }).issuer).toMatchObject({ jwksUrl: localKeys });
    expect(() => settingsOf('dev', { localKeys })).toThrow(/not on this machine/);
  });

  it('rejects a setting that nobody knows, saying which', () => {
    expect(() => parseSettings({ ...production, debug: true })).toThrow(
      /settings: Unrecognized key: "debug"/,
    );
  });

  it.each([
    [
      'ONE-6',
      { logRetentionDays: 365 },
      /logRetentionDays is 365: logs must end within 90 days. Choose 1, 3/,
    ],
    ['CAL-7', { policy: { ...calmara, adultAge: 13 } }, /policy.adultAge is 13: .*18/],
    ['CAL-6', { backedUp: ['scans'] }, /backedUp.0 is "scans": .*"personal"/],
    [undefined, { architecture: 'arm' }, /architecture is "arm": .*"x86_64"\|"arm64"/],
  ])('says of a value that cannot be: %s, what was given and what may be', (promise, more, said) => {
    expect(refusal(more)).toEqual([promise]);
    expect(() => parseSettings({ ...production, ...more })).toThrow(said);
  });

  it('say which promises are weaker, and why', () => {
    const said = (more: object): readonly string[] =>
      weakened(parseSettings({ ...filledIn, ...more })).map(
        ({ promise, message }) => `${promise} ${message.split(' ', 3).join(' ')}`,
      );
    expect(said({})).toEqual([]);
    expect(said({ reservedConcurrency: false })).toEqual(['ONE-1 reservedConcurrency is off:']);
    expect(said({ deletionProtection: false })).toEqual(['CAL-3 deletionProtection is off:']);
    expect(said({ alarmAddress: undefined })).toEqual(['ONE-1 alarmAddress is not']);
    expect(said({ mailFrom: 'sign-in@app.invalid' })).toEqual(['CAL-5 mailFrom is sign-in@app.invalid,']);
    expect(said({ domain: production.domain })).toEqual(['CAL-5 domain.name is app.invalid,']);
    const elsewhere = { ...production.stripe, returnUrl: 'https://shop.example/bought' };
    expect(said({ domain: undefined, stripe: elsewhere })).toEqual(['CAL-18 domain is left']);
    expect(said({ ...emulator, emulatorSwitches: ['without-isolation'] })).toEqual([
      'ONE-4 not kept here,',
      'CAL-12 not kept here,',
    ]);
  });

  it('buy a thread for each whole vCPU', () => {
    expect([512, 1769, 3538, 5000].map(vcpusOf)).toEqual([1, 1, 2, 2]);
  });

  it('stand beside every flag that this version of the CDK recommends', () => {
    expect(cdkJson.context).toEqual(recommended);
    expect(cdkJson.app).toBe('node bin/app.ts');
  });
});
