/** The roles of staff in the templates (CAL-12): built from the policy's readers, and able to ask the staff function alone. */
import { describe, expect, it } from 'vitest';
import { staffCategories } from '../../core/staff.ts';
import { readingCategories } from '../../lib/constructs/staff-roles.ts';
import { grantsOf } from '../../lib/privacy/grants.ts';
import { ofType } from '../../lib/privacy/template.ts';
import { calmara } from '../../policies/calmara.ts';
import { givenSettings, synthesise } from './given.ts';

const app = synthesise(givenSettings('production'));
const grants = grantsOf(app.resources);
const roleOf = (category: string): string => `onceover-production-staff-${category}`;

describe('the categories of staff', () => {
  it('that have a role are those that the policy lets read something', () => {
    expect(readingCategories(calmara)).toEqual(staffCategories);
    const without = { ...calmara, dataClasses: calmara.dataClasses.filter(({ table }) => table !== 'usage') };
    expect(readingCategories(without)).not.toContain('product');
  });
});

describe.each(staffCategories)('the role of %s', (category) => {
  const own = grants.filter(({ kind, holder }) => kind === 'role' && holder === roleOf(category));

  it('may invoke the staff function, and nothing else', () => {
    expect(own.map(({ effect, actions, resources }) => [effect, ...actions, ...resources])).toEqual([
      [
        'Allow',
        'lambda:InvokeFunction',
        'arn:aws:lambda:us-east-1:ACCOUNT:function:onceover-production-staff',
      ],
    ]);
  });

  it('is taken by a user of this account under their own name, with a second factor, for an hour', () => {
    const [role] = ofType(app.resources, 'AWS::IAM::Role').filter(
      ({ properties }) => properties['RoleName'] === roleOf(category),
    );
    expect(role?.properties['MaxSessionDuration']).toBe(3600);
    expect(JSON.stringify(role?.properties['AssumeRolePolicyDocument'])).toContain(
      '"Condition":{"StringEquals":{"sts:RoleSessionName":"${aws:username}"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}',
    );
    expect(role?.properties['ManagedPolicyArns']).toBeUndefined();
  });

  it('has no right of any kind to the upload bucket, its key or a table', () => {
    const others = own.flatMap(({ actions }) => actions).filter((action) => !action.startsWith('lambda:'));
    expect(others).toEqual([]);
    // Nor does the bucket let it in: whoever is not the analysis is denied.
    const denial = grants.find(
      ({ resource, effect, actions, principals }) =>
        resource.type === 'AWS::S3::BucketPolicy' &&
        effect === 'Deny' &&
        actions.includes('s3:GetObject') &&
        principals.includes('*'),
    );
    expect(JSON.stringify(denial?.conditions)).toContain('onceover-production-analyze');
    expect(JSON.stringify(denial?.conditions)).not.toContain(roleOf(category));
  });
});

it('nobody but the roles of staff may invoke the staff function', () => {
  const invokers = grants
    .filter(({ effect, actions, resources }) => {
      const invokes = actions.includes('lambda:InvokeFunction');
      return effect === 'Allow' && invokes && resources.some((one) => one.includes('production-staff'));
    })
    .map(({ holder }) => holder);
  expect(invokers.toSorted()).toEqual(staffCategories.map(roleOf).toSorted());
});
