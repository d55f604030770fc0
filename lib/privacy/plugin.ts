/** The privacy rules as CDK runs them: over the templates of a synth, which fails when a promise is broken. */
import { readFileSync } from 'node:fs';
import {
  Validations,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { breaches, type Settings } from '../settings.ts';
import { findBreaches, privacyRules } from './rules.ts';
import { resourcesOf } from './template.ts';

export class PrivacyRules implements IPolicyValidationPlugin {
  readonly name = 'onceover-privacy';
  readonly ruleIds = privacyRules.map(({ name }) => name);
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  validate({ templatePaths, appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    refuseAcknowledgements(this.name, appConstruct);
    const resources = templatePaths.flatMap((path) =>
      resourcesOf(path, JSON.parse(readFileSync(path, 'utf8'))),
    );
    const broken = findBreaches(this.#settings, resources).map(
      ({ rule, breaches: places }): PolicyViolation => ({
        ruleName: rule.name,
        description: `${rule.promise}: ${rule.description}. Found: ${places.map(({ found }) => found).join('; ')}`,
        fix: rule.fix,
        severity: 'error',
        violatingResources: places.map(({ resource, location }) =>
          resource === undefined
            ? { constructPath: appConstruct.node.path, locations: [location] }
            : {
                resourceLogicalId: resource.logicalId,
                templatePath: resource.templatePath,
                locations: [`Properties/${location}`],
              },
        ),
      }),
    );
    // Parsing refused these already; settings that came another way are refused here.
    const settings = breaches(this.#settings).map(({ promise, message }): PolicyViolation => ({
      ruleName: `${promise}-settings`,
      description: `${promise}: ${message}`,
      severity: 'error',
      violatingResources: [{ constructPath: appConstruct.node.path, locations: ['settings'] }],
    }));
    const violations = [...settings, ...broken];
    return { success: violations.length === 0, violations };
  }
}

/** The CDK lets any finding be acknowledged; a promise made to people is not a finding. */
function refuseAcknowledgements(plugin: string, app: IConstruct): void {
  for (const { node } of app.node.findAll()) {
    for (const { type, data } of node.metadata) {
      const text = JSON.stringify(data ?? '');
      if (type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY || !text.includes(plugin)) continue;
      throw new Error(
        `${node.path} has ${text}: a promise cannot be acknowledged away. Keep it, or change the policy.`,
      );
    }
  }
}
