/** A synth with a broken promise: the report that makes `cdk synth` fail, with what to change. */
import { CfnResource, Validations, type App } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import type { Stacks } from '../../../lib/app.ts';
import { givenSettings, refusalsOf, synthesise, type Synthesised } from '../given.ts';

/** What a plugin says; nothing when it found nothing. */
function found(reports: Synthesised['reports'], plugin = 'onceover-privacy') {
  return reports.filter(({ pluginName }) => pluginName === plugin).flatMap(({ violations }) => violations);
}

/** The L1 resources of a type below a construct. */
function resources(scope: IConstruct, type: string): CfnResource[] {
  return scope.node
    .findAll()
    .filter((one): one is CfnResource => CfnResource.isCfnResource(one) && one.cfnResourceType === type);
}

describe('a synth', () => {
  it.each(['production', 'development', 'emulator'] as const)(
    'of %s passes the privacy rules and five packs, with findings of the packs alone acknowledged',
    (name) => {
      const { reports } = synthesise(givenSettings(name));
      expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
      const acknowledged = reports.filter(({ suppressedViolations = [] }) => suppressedViolations.length > 0);
      expect(acknowledged.map(({ pluginName }) => pluginName)).not.toContain('onceover-privacy');
      expect(acknowledged.length).toBeGreaterThan(2);
    },
  );

  it('rejects a versioned upload bucket and says what to change', () => {
    const reports = refusalsOf(givenSettings('production'), (_app, { pipeline }) => {
      for (const bucket of resources(pipeline, 'AWS::S3::Bucket')) {
        bucket.addPropertyOverride('VersioningConfiguration', { Status: 'Enabled' });
      }
    });
    expect(found(reports)).toEqual([
      {
        ruleName: 'CAL-1-no-copies',
        description: expect.stringContaining('CAL-1: '),
        suggestedFix: expect.stringContaining('Remove VersioningConfiguration'),
      },
    ]);
  });

  it('rejects a network with a way out beside the analysis', () => {
    const reports = refusalsOf(givenSettings('production'), (_app, { pipeline }) => {
      const vpc = new Vpc(pipeline, 'Extra', { maxAzs: 1 });
      Validations.of(vpc).acknowledge({ id: 'AwsSolutions::AwsSolutions-VPC7', reason: 'a test' });
    });
    expect(found(reports).map(({ ruleName }) => ruleName)).toContain('ONE-4-analyze-is-isolated');
  });

  it('rejects a grant of a library, which carries wildcards', () => {
    const reports = refusalsOf(givenSettings('production'), (_app, { pipeline }) => {
      const fn = pipeline.node.findAll().find(({ node }) => node.path.endsWith('Sweep/Function'));
      if (!(fn instanceof LambdaFunction)) throw new Error('no sweep function');
      fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject*'], resources: ['*'] }));
    });
    expect(found(reports).map(({ ruleName }) => ruleName)).toEqual(
      expect.arrayContaining([
        'ONE-4-one-reader',
        'CAL-12-no-wildcard-action',
        'CAL-12-no-wildcard-resource',
      ]),
    );
  });

  it('rejects settings that parsing would have refused, however they came', () => {
    const settings = { ...givenSettings('production'), emulatorSwitches: ['without-isolation' as const] };
    const [only, ...others] = found(refusalsOf(settings));
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      ruleName: 'ONE-4-settings',
      description: expect.stringMatching(/Remove it/),
    });
  });

  it('rejects a promise that somebody acknowledges away', () => {
    const settings = givenSettings('production');
    const acknowledge = (_app: App, { pipeline }: Stacks): void =>
      Validations.of(pipeline).acknowledge({ id: 'onceover-privacy::CAL-1-no-copies', reason: 'in a hurry' });
    expect(() => synthesise(settings, acknowledge)).toThrow(/CAL-1-no-copies.*cannot be acknowledged/);
  });
});
