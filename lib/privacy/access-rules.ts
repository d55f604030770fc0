/** Rules about who may do what: one reader of photos, no wildcard, nothing that no rule has seen. */
import {
  comparesRole,
  policiesOf,
  reaches,
  uploadBuckets,
  type Grant,
  coversAll,
  grantsOf,
} from './grants.ts';
import type { Breach, PrivacyRule, Synthesised } from './rules.ts';
import { listOf, ofType } from './template.ts';

/** Actions whose resource cannot be named, with why. */
const unnameable: Readonly<Record<string, string>> = {
  'ec2:AssignPrivateIpAddresses': 'Lambda makes the network interfaces of a function in a VPC',
  'ec2:CreateNetworkInterface': 'Lambda makes the network interfaces of a function in a VPC',
  'ec2:DeleteNetworkInterface': 'Lambda makes the network interfaces of a function in a VPC',
  'ec2:DescribeNetworkInterfaces': 'describing takes no resource',
  'ec2:DescribeSubnets': 'describing takes no resource',
  'ses:DeleteSuppressedDestination':
    'SES keeps one list of addresses that came back, and names no resource for it',
  'ec2:UnassignPrivateIpAddresses': 'Lambda makes the network interfaces of a function in a VPC',
};

const readsObjects = /^(\*|s3:(\*|Get\*|GetObject.*|G.*\*))$/i;
const decrypts = /^(\*|kms:(\*|D.*\*|Decrypt|ReEncrypt.*|CreateGrant))$/i;

function breachesOf(grants: readonly Grant[], found: (grant: Grant) => string): readonly Breach[] {
  return grants.map((grant) => ({
    resource: grant.resource,
    location: grant.sid === '' ? grant.kind : `${grant.kind}/${grant.sid}`,
    found: found(grant),
  }));
}

function allowed({ grants }: Synthesised): readonly Grant[] {
  return grants.filter(({ effect }) => effect === 'Allow');
}

/** The analysis function's role, by the name that its bucket's policy uses. */
function readerOf({ settings }: Synthesised): string {
  return `onceover-${settings.environment}-analyze`;
}

const isStorageUse = (grant: Grant): boolean =>
  grant.conditions.some((one) => one.includes('kms:ViaService = s3.'));
/** Through the database only: such a key opens no photo. */
const isDatabaseUse = (grant: Grant): boolean =>
  grant.conditions.some((one) => one.includes('kms:ViaService = dynamodb.'));

/** Whether a statement is for the analysis role alone, whatever its principals. */
function isForReader(app: Synthesised, grant: Grant): boolean {
  if (grant.kind === 'role') return grant.holder === readerOf(app);
  return grant.conditions.some((one) => comparesRole(one, 'ArnEquals', readerOf(app)));
}

/** Whether a statement is about no bucket but those that hold the app's own files. */
function isForAppFiles({ resources, grants }: Synthesised, grant: Grant): boolean {
  return (
    grant.resource.type === 'AWS::S3::BucketPolicy' &&
    !uploadBuckets(resources, grants).some((bucket) => reaches(grant, bucket))
  );
}

export const accessRules: readonly PrivacyRule[] = [
  {
    name: 'ONE-4-one-reader',
    promise: 'ONE-4',
    description: 'Nobody but the analysis function’s role may read an object',
    fix: 'Take s3:GetObject out of the statement; only the role of analyze has it.',
    find: (app) =>
      breachesOf(
        allowed(app).filter(
          (grant) =>
            grant.actions.some((one) => readsObjects.test(one)) &&
            !isForReader(app, grant) &&
            !isForAppFiles(app, grant),
        ),
        ({ holder, actions }) => `${holder} may ${actions.join(', ')}`,
      ),
  },
  {
    name: 'ONE-4-reading-denied-to-others',
    promise: 'ONE-4',
    description:
      'The upload bucket’s policy denies reading to every principal but the analysis function’s role',
    fix: 'Restore the statement OneReader: Deny s3:GetObject to *, with ArnNotEquals aws:PrincipalArn as its only condition.',
    find(app) {
      const ok = uploadBuckets(app.resources, app.grants).every((bucket) =>
        grantsOf(policiesOf(bucket, app.resources)).some(
          (grant) =>
            grant.effect === 'Deny' &&
            grant.principals.includes('*') &&
            grant.actions.includes('s3:GetObject') &&
            coversAll(grant, bucket, '/*') &&
            grant.conditions.length === 1 &&
            grant.conditions.every((one) => comparesRole(one, 'ArnNotEquals', readerOf(app))),
        ),
      );
      return ok ? [] : [{ location: '', found: 'no such statement' }];
    },
  },
  {
    name: 'ONE-4-one-opener',
    promise: 'ONE-4',
    description:
      'Only the analysis function’s role may decrypt with the upload bucket’s key, and only through storage',
    fix: 'Take kms:Decrypt, kms:ReEncrypt* and kms:CreateGrant out of the statement, or let it work through DynamoDB alone.',
    find: (app) =>
      breachesOf(
        allowed(app).filter(
          (grant) =>
            grant.actions.some((one) => decrypts.test(one)) &&
            !isDatabaseUse(grant) &&
            !(isStorageUse(grant) && isForReader(app, grant)),
        ),
        ({ holder, actions }) => `${holder}: ${actions.join(', ')}`,
      ),
  },
  {
    name: 'CAL-12-no-wildcard-action',
    promise: 'CAL-12',
    description: 'No allowed action has a wildcard: an action that AWS adds later is nobody’s',
    fix: 'Name each action; replace a library’s grant by a statement of lib/constructs/statements.ts.',
    find: (app) =>
      breachesOf(
        allowed(app).filter(({ actions }) => actions.some((one) => one.includes('*'))),
        ({ holder, actions }) => `${holder}: ${actions.filter((one) => one.includes('*')).join(', ')}`,
      ),
  },
  {
    name: 'CAL-12-no-wildcard-resource',
    promise: 'CAL-12',
    description: 'A role’s statement names its resources, but for actions with a written reason',
    fix: 'Name the resource, or give the action its reason in lib/privacy/access-rules.ts.',
    find: (app) =>
      breachesOf(
        allowed(app).filter(
          ({ kind, resources, actions }) =>
            kind === 'role' && resources.includes('*') && !actions.every((action) => action in unnameable),
        ),
        ({ holder, actions }) => `${holder}: ${actions.join(', ')} on *`,
      ),
  },
  {
    name: 'CAL-12-no-foreign-policies',
    promise: 'CAL-12',
    description: 'Every right stands in these templates: no managed policy, user, group or access key',
    fix: 'Write the statements out in the role; remove users, groups and access keys.',
    find({ resources }) {
      const people = ofType(resources, 'AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::AccessKey');
      const managed = ofType(resources, 'AWS::IAM::Role').filter(
        ({ properties }) => listOf(properties['ManagedPolicyArns']).length > 0,
      );
      return [
        ...people.map((resource) => ({ resource, location: '', found: `a ${resource.type}` })),
        ...managed.map((resource) => ({
          resource,
          location: 'ManagedPolicyArns',
          found: 'a managed policy',
        })),
      ];
    },
  },
  {
    name: 'CAL-12-callers-named',
    promise: 'CAL-12',
    description: 'Who may invoke a function is a service, for one source',
    fix: 'Give the AWS::Lambda::Permission a service as Principal and a SourceArn; use no function address without authentication.',
    find({ resources }) {
      const open = ofType(resources, 'AWS::Lambda::Permission').filter(
        ({ properties: { Principal, SourceArn } }) =>
          SourceArn === undefined || typeof Principal !== 'string' || !Principal.endsWith('.amazonaws.com'),
      );
      const urls = ofType(resources, 'AWS::Lambda::Url');
      return [
        ...open.map((resource) => ({ resource, location: 'Principal', found: 'anybody, or any source' })),
        ...urls.map((resource) => ({ resource, location: '', found: 'a function address' })),
      ];
    },
  },
];
