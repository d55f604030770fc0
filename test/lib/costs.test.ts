import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { tables } from '../../core/tables.ts';
import { metricsByModel, metricUnits } from '../../lambdas/runtime/metrics.ts';
import { alarmsOf } from '../../lib/alarms.ts';
import {
  costsIdle,
  costsPerMillionScans,
  customMetrics,
  metricsInAlarms,
  money,
  total,
} from '../../lib/costs.ts';
import { settingsOf } from '../../lib/environments.ts';
import { namesOf } from '../../lib/names.ts';
import { prices } from '../../lib/prices.ts';
import { ofType } from '../../lib/privacy/template.ts';
import { givenSettings, synthesise } from './given.ts';

const production = settingsOf('production');
const { resources } = synthesise(production);

describe('the costs', () => {
  it('count the metrics and the alarms that there are', () => {
    expect(customMetrics).toBe(Object.keys(metricUnits).length + metricsByModel.size);
    const counted = alarmsOf({
      settings: production,
      names: namesOf(new Stack(new App(), 'Any'), production),
      httpApiId: 'api',
      model: 'a-model 1.0.0',
    }).map(({ metric }) => {
      const { mathExpression } = metric.toMetricConfig();
      return mathExpression === undefined ? 1 : Object.keys(mathExpression.usingMetrics).length;
    });
    expect(metricsInAlarms).toBe(counted.reduce((sum, one) => sum + one, 0));
  });

  it('count the secrets and the keys that there are', () => {
    const lines = new Map(costsIdle(production).map(({ what, dollars }) => [what, dollars]));
    const secrets = ofType(resources, 'AWS::SecretsManager::Secret').length;
    // The two of Stripe are made by a person.
    expect(lines.get('Secrets')).toBeCloseTo((secrets + 2) * prices.secretMonth, 6);
    expect(lines.get('Keys of ours')).toBe(ofType(resources, 'AWS::KMS::Key').length * prices.kmsKeyMonth);
  });

  it('follow the settings: keys, architecture, memory, alarms', () => {
    const classes = new Set(tables.map(({ dataClass }) => dataClass)).size;
    const idle = (more: object): number => total(costsIdle(givenSettings('development', more)));
    expect(idle({ ownTableKeys: true }) - idle({})).toBeCloseTo(classes * prices.kmsKeyMonth, 6);
    const scans = (more: object): number => total(costsPerMillionScans(givenSettings('development', more)));
    expect(scans({ architecture: 'arm64' })).toBeLessThan(scans({}));
    const { memoryMb } = givenSettings('development');
    const doubled = { ...memoryMb, analyze: memoryMb.analyze * 2 };
    expect(scans({ memoryMb: doubled })).toBeGreaterThan(scans({}));
  });

  it('are linear in scans, and the README says them', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`${money(total(costsIdle(production)))} a month idle`);
    expect(readme).toContain(`${money(total(costsPerMillionScans(production)))} per million scans`);
  });
});
