/** The environment that people use: everything protected, every promise kept. */
import { calmara } from '../../policies/calmara.ts';
import type { SettingsInput } from '../settings.ts';

export const production: SettingsInput = {
  environment: 'production',
  kind: 'production',
  region: 'us-east-1',
  policy: calmara,
  architecture: 'x86_64',
  memoryMb: { analyze: 1769, sweep: 512, api: 512, staff: 512, bounces: 512, upkeep: 512 },
  logRetentionDays: 30,
  reservedConcurrency: true,
  deletionProtection: true,
  ownTableKeys: true,
  backedUp: [],
  // Addresses that end in `.invalid` are yours to replace; each synth says so until then.
  mailFrom: 'onceover@app.invalid',
  contacts: {},
  issuer: { kind: 'cognito' },
  domain: {
    name: 'app.invalid',
    certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000',
  },
  alarmAddress: 'alarms@app.invalid',
  stripe: {
    secretKeyName: 'onceover/production/stripe-secret-key',
    webhookSecretName: 'onceover/production/stripe-webhook-secret',
    tax: 'none',
  },
  uploadOrigins: [],
  apiThrottle: { ratePerSecond: 100, burst: 200 },
  inconclusivePercent: { from: 1, to: 50 },
  model: 'skin-contrast',
  emulatorSwitches: [],
};
