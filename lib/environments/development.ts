/** An environment to try things in: small, cheap, taken down without a trace. */
import { calmara } from '../../policies/calmara.ts';
import type { SettingsInput } from '../settings.ts';

export const development: SettingsInput = {
  environment: 'dev',
  kind: 'development',
  region: 'eu-central-1',
  policy: calmara,
  architecture: 'x86_64',
  memoryMb: { analyze: 1769, sweep: 512, api: 512, staff: 512, bounces: 512, upkeep: 512 },
  logRetentionDays: 7,
  reservedConcurrency: true,
  deletionProtection: false,
  ownTableKeys: false,
  backedUp: [],
  // Addresses that end in `.invalid` are yours to replace; each synth says so until then.
  mailFrom: 'onceover@app.invalid',
  contacts: {},
  issuer: { kind: 'cognito' },
  uploadOrigins: ['http://localhost:5173'],
  apiThrottle: { ratePerSecond: 20, burst: 40 },
  inconclusivePercent: { from: 1, to: 50 },
  model: 'skin-contrast',
  emulatorSwitches: [],
};
