/** Environments synthesised in this process, with empty packages: what stands in the templates, and the reports. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';
import { z } from 'zod';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { addEnvironment, type Stacks } from '../../lib/app.ts';
import { development } from '../../lib/environments/development.ts';
import { emulator } from '../../lib/environments/emulator.ts';
import { production } from '../../lib/environments/production.ts';
import { packagesOf, type Packages } from '../../lib/package.ts';
import { resourcesOf, type Resource } from '../../lib/privacy/template.ts';
import { parseSettings, type Settings, type SettingsInput } from '../../lib/settings.ts';

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.enum(['success', 'failure']),
      violations: z.array(
        z.object({ ruleName: z.string(), description: z.string(), suggestedFix: z.string().optional() }),
      ),
      suppressedViolations: z
        .array(
          z.object({
            ruleName: z.string(),
            description: z.string(),
            reason: z.string(),
            violatingConstructs: z.array(z.object({ constructPath: z.string() })).default([]),
          }),
        )
        .optional(),
    }),
  ),
});

/** A synthesised environment. */
export interface Synthesised {
  readonly settings: Settings;
  readonly resources: readonly Resource[];
  /** What each plugin said. */
  readonly reports: z.infer<typeof reportSchema>['pluginReports'];
}

const workDir = mkdtempSync(join(tmpdir(), 'onceover-lib-'));
afterAll(() => rmSync(workDir, { recursive: true, force: true }));

/** Folders that stand in for packaged functions: synth hashes them and looks no further. */
export function givenPackages(): Packages {
  const dirOf = (name: string): string => {
    const dir = join(workDir, 'packages', name);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'index.mjs'), 'export const handler = async () => {};\n');
    return dir;
  };
  return packagesOf(dirOf);
}

const inputs = { production, development, emulator };

/** The committed settings of an environment with some of them changed. */
export function givenSettings(name: keyof typeof inputs, more: Partial<SettingsInput> = {}): Settings {
  return parseSettings({ ...inputs[name], ...more });
}

/** Changes an app before it is synthesised. */
export type Change = (app: App, stacks: Stacks) => void;

const synthesised = new Map<string, Synthesised>();

/** Synthesises as `bin/app.ts` does, once for the same settings; throws when a rule finds something. */
export function synthesise(settings: Settings, change?: Change): Synthesised {
  if (change !== undefined) return synthesiseAnew(settings, change);
  const key = JSON.stringify(settings);
  const known = synthesised.get(key) ?? synthesiseAnew(settings, () => {});
  synthesised.set(key, known);
  return known;
}

function synthesiseAnew(settings: Settings, change: Change): Synthesised {
  const { app, outdir } = givenApp(settings, change);
  const assembly = app.synth();
  return {
    settings,
    resources: assembly.stacks.flatMap(({ templateFile }) =>
      resourcesOf(templateFile, JSON.parse(readFileSync(join(outdir, templateFile), 'utf8'))),
    ),
    reports: reportsIn(outdir),
  };
}

/** The reports of a synth that must fail; throws when it passes. */
export function refusalsOf(settings: Settings, change: Change = () => {}): Synthesised['reports'] {
  const { app, outdir } = givenApp(settings, change);
  try {
    app.synth();
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationFailed') return reportsIn(outdir);
    throw error;
  }
  throw new Error('the synth passed');
}

function givenApp(settings: Settings, change: Change): { readonly app: App; readonly outdir: string } {
  const outdir = mkdtempSync(join(workDir, 'cdk.out-'));
  const app = new App({ outdir, analyticsReporting: false, context: cdkJson.context });
  change(app, addEnvironment(app, settings, givenPackages(), 'd'.repeat(64)));
  return { app, outdir };
}

function reportsIn(outdir: string): Synthesised['reports'] {
  const report: unknown = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  return reportSchema.parse(report).pluginReports;
}
