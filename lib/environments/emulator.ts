/** An environment for an emulator of AWS on this machine (AWS_ENDPOINT_URL): what such a thing lacks is left out. */
import { calmara } from '../../policies/calmara.ts';
import type { SettingsInput } from '../settings.ts';

export const emulator: SettingsInput = {
  environment: 'emulator',
  kind: 'emulator',
  region: 'us-east-1',
  policy: calmara,
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  memoryMb: { analyze: 1769, sweep: 512, api: 512, staff: 512, bounces: 512, upkeep: 512 },
  logRetentionDays: 1,
  reservedConcurrency: true,
  deletionProtection: false,
  ownTableKeys: true,
  backedUp: [],
  // Addresses that end in `.invalid` are placeholders.
  mailFrom: 'onceover@app.invalid',
  issuer: {
    kind: 'local',
    url: 'urn:onceover:local',
    audience: 'onceover-local',
    // Where the deployment's own issuer listens is known when it starts: -c localKeys=URL.
    jwksUrl: 'http://127.0.0.1:7747/local/jwks.json',
  },
  contacts: {},
  alarmAddress: 'alarms@onceover.invalid',
  uploadOrigins: ['http://localhost:5173'],
  apiThrottle: { ratePerSecond: 1000, burst: 1000 },
  inconclusivePercent: { from: 1, to: 50 },
  // The one that never changes: what the scenarios’ photos must end as is written down for it.
  model: 'colour-contrast',
  // MiniStack 1.5.33 enforces policies and does not know the key s3:if-none-match, nor alarms on expressions.
  emulatorSwitches: ['without-metric-math', 'without-overwrite-denial'],
};
