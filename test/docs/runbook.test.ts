/** Every alarm leads to an entry of the runbook that says what it means, how to look and what to do, and back. */
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { metricUnits } from '../../lambdas/runtime/metrics.ts';
import { alarmsOf, productMetric } from '../../lib/alarms.ts';
import { settingsOf } from '../../lib/environments.ts';
import { namesOf } from '../../lib/names.ts';
import { functions } from '../../lib/functions.ts';

const page = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const settings = settingsOf('production');
const alarms = alarmsOf({
  settings,
  names: namesOf(new Stack(new App(), 'Any'), settings),
  httpApiId: 'api',
  model: 'a-model 1.0.0',
});

/** The text below a heading, up to the next one of its level. */
function entryOf(id: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${id}\n`)) ?? '';
}

describe('the runbook', () => {
  it.each(alarms)('has an entry for $id: meaning, how to look, what to do', ({ id }) => {
    const entry = entryOf(id);
    for (const part of ['**Means.**', '**Look.**', '**Do.**']) expect(entry).toContain(part);
  });

  it('has no entry of an alarm that there is not', () => {
    const entries = [...page.matchAll(/^## ([a-z][a-z-]+)$/gm)].map(([, id]) => id);
    expect(entries).toEqual(expect.arrayContaining(alarms.map(({ id }) => id)));
    expect(entries).toHaveLength(alarms.length);
  });

  it('names logs and functions as the deployment does', () => {
    for (const { name } of functions.filter((one) => one.name !== 'analyze')) {
      expect(page).toContain(`-${name}`);
    }
    expect(page).toContain('/aws/lambda/onceover-ENV-analyze');
  });
});

describe('the alarms', () => {
  it('say what the design asks for, each once', () => {
    expect(alarms.map(({ id }) => id)).toEqual([
      'images-swept',
      'oldest-image',
      'heartbeat-missing',
      'analysis-errors',
      'events-dropped',
      'scans-failed',
      'inconclusive-rate',
      'results-slow',
      'payments-drift',
      'payment-events-parked',
      'erasures-overdue',
      'erasures-stopped',
      'retention-left',
      'kept-unexplained',
      'policy-mail-failing',
      'throttled',
      'upkeep-errors',
      'api-errors',
      'sign-in-failures',
    ]);
  });

  it('look at metrics that the functions write', () => {
    const named = Object.keys(metricUnits);
    const used = alarms.flatMap(({ metric }) => {
      const { metricStat, mathExpression } = metric.toMetricConfig();
      const parts = Object.values(mathExpression?.usingMetrics ?? {});
      return [metricStat, ...parts.map((one) => one.toMetricConfig().metricStat)];
    });
    const own = used.filter((one) => one?.namespace === 'onceover/production').map((one) => one?.metricName);
    expect(own.length).toBeGreaterThan(5);
    expect(named).toEqual(expect.arrayContaining(own));
    expect(productMetric(settings, 'OldestImageAge', 'Maximum').namespace).toBe('onceover/production');
  });
});
