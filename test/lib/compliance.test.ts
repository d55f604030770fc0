/** docs/compliance.md is what the packs found and what was decided; nothing is decided that was not found. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { acknowledgements } from '../../lib/acknowledgements.ts';
import { renderCompliance } from '../../lib/privacy/compliance-page.ts';
import { privacyRules } from '../../lib/privacy/rules.ts';
import { givenSettings, synthesise } from './given.ts';

const page = fileURLToPath(new URL('../../docs/compliance.md', import.meta.url));
const { reports } = synthesise(givenSettings('production'));

/** Each finding once, with every resource that it is acknowledged on for that reason. */
const findings = reports.flatMap(({ pluginName, suppressedViolations = [] }) =>
  [...Map.groupBy(suppressedViolations, ({ ruleName, reason }) => `${ruleName} ${reason}`).values()].flatMap(
    (alike) => {
      const [first] = alike;
      if (first === undefined) return [];
      const paths = alike.flatMap(({ violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => constructPath.replace(/^onceover-production-/, '')),
      );
      const { ruleName: rule, description: asks, reason } = first;
      return [{ pack: pluginName, rule, asks, reason, resources: [...new Set(paths)].sort() }];
    },
  ),
);

describe('docs/compliance.md', () => {
  it('shows every finding that stands, as it is', async () => {
    await expect(renderCompliance(findings)).toMatchFileSnapshot(page);
  });

  it('covers five packs', () => {
    expect(reports.map(({ pluginName }) => pluginName)).toEqual([
      'AwsSolutions',
      'Serverless',
      'HIPAA.Security',
      'NIST.800.53.R5',
      'PCI.DSS.321',
    ]);
  });
});

describe('the acknowledgements', () => {
  it.each(acknowledgements)(
    'of $rule are each of a finding that there is',
    ({ rule, packs, resourceType }) => {
      for (const pack of packs) {
        const used = findings.filter((one) => one.rule === `${pack}-${rule}`);
        expect(used.length, `${pack}-${rule} on ${resourceType}`).toBeGreaterThan(0);
      }
    },
  );

  it('give a reason in a sentence, and no promise that there is no rule or page for', () => {
    const known = new Set([...privacyRules.map(({ promise }) => promise), 'CAL-9', 'CAL-5']);
    for (const { reason } of findings) expect(reason).toMatch(/^[A-Z].{30,}\.$/s);
    const promises = findings.flatMap(({ reason }) => /^((?:CAL|ALY|ONE)-\d+)/.exec(reason)?.[1] ?? []);
    expect(promises.length).toBeGreaterThan(10);
    expect(promises.filter((promise) => !known.has(promise))).toEqual([]);
  });
});
