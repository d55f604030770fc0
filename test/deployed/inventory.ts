/** The resources of an environment, as its templates list them, and those of production that another one leaves out. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { addEnvironment } from '../../lib/app.ts';
import { packagesOf } from '../../lib/package.ts';
import { resourcesOf } from '../../lib/privacy/template.ts';
import type { Settings } from '../../lib/settings.ts';

export interface Listed {
  /** `data`, `pipeline`, ... */
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** Every resource in the templates of a folder that a synth wrote. */
export function inventoryIn(folder: string): readonly Listed[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.template.json'))
    .toSorted()
    .flatMap((file) => {
      const stack = file.replace('.template.json', '').split('-').at(-1) ?? '';
      const template: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return resourcesOf(file, template).map(({ logicalId, type }) => ({ stack, logicalId, type }));
    });
}

/** Every resource of an environment, without packaging its functions. */
export function inventoryOf(settings: Settings): readonly Listed[] {
  const work = mkdtempSync(join(tmpdir(), 'onceover-inventory-'));
  try {
    const packages = packagesOf((name) => {
      const dir = join(work, name);
      mkdirSync(dir);
      writeFileSync(join(dir, 'index.mjs'), '');
      return dir;
    });
    const outdir = join(work, 'cdk.out');
    const app = new App({ outdir, analyticsReporting: false, context: cdkJson.context });
    addEnvironment(app, settings, packages, 'd'.repeat(64));
    app.synth();
    return inventoryIn(outdir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Why an emulator's environment leaves resources of production out. */
const reasons: readonly { readonly reason: string; readonly is: (one: Listed) => boolean }[] = [
  {
    reason: 'the issuer is on this machine: MiniStack knows no sign-in by a code in an e-mail',
    is: ({ type }) => type.startsWith('AWS::Cognito::'),
  },
  {
    reason:
      'MiniStack knows no functions, header policies or access controls of a distribution, and rolls back a stack that has them',
    is: ({ stack, type }) => stack === 'web' && /^AWS::(?:CloudFront|S3)::/.test(type),
  },
  {
    reason: 'no distribution stands before the API (no domain), so nothing shares a secret with it',
    is: ({ type, logicalId }) =>
      type === 'AWS::SecretsManager::Secret' && logicalId.startsWith('OriginSecret'),
  },
  {
    reason: 'MiniStack knows no alarm on an expression',
    is: ({ type, logicalId }) =>
      type === 'AWS::CloudWatch::Alarm' && /^(ScansFailed|InconclusiveRate|Throttled)/.test(logicalId),
  },
];

/** What is left out, by reason; a resource without a reason stands under `undefined`. */
export function leftOut(
  production: readonly Listed[],
  deployed: readonly Listed[],
): ReadonlyMap<string | undefined, readonly Listed[]> {
  // A version's id ends in the digest of what it holds.
  const key = ({ stack, logicalId, type }: Listed): string =>
    `${stack}/${type === 'AWS::Lambda::Version' ? logicalId.replace(/[0-9a-f]{32}$/, '') : logicalId}`;
  const there = new Set(deployed.map(key));
  const missing = production.filter((one) => !there.has(key(one)));
  return Map.groupBy(missing, (one) => reasons.find(({ is }) => is(one))?.reason);
}

/** Every reason there is, for a test that none is out of date. */
export const leftOutReasons: readonly string[] = reasons.map(({ reason }) => reason);
