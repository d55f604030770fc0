/** Each privacy rule: silent on the committed environments, and loud about each way to break its promise. */
import { expect, describe, it } from 'vitest';
import { findBreaches, privacyRules } from '../../../lib/privacy/rules.ts';
import { givenSettings, synthesise } from '../given.ts';
import { add, addRole, change, remove, rewrite, set, withoutStatement, type Breaking } from './breaking.ts';

const production = synthesise(givenSettings('production'));
const bucket = 'AWS::S3::Bucket';
const policy = 'AWS::S3::BucketPolicy';
const distribution = 'AWS::CloudFront::Distribution';
const uploads = 'arn:aws:s3:::onceover-production-uploads/*';

/** Rule, what is done, how. */
const breakings: readonly (readonly [string, string, Breaking])[] = [
  [
    'CAL-1-one-upload-bucket',
    'no object starts the analysis',
    set(bucket, { NotificationConfiguration: undefined }),
  ],
  ['CAL-1-one-upload-bucket', 'only some objects do', rewrite(bucket, '"Event"', '"Filter":{},"Event"')],
  ['CAL-1-one-upload-bucket', 'another bucket', add(bucket)],
  [
    'CAL-1-one-upload-bucket',
    'another bucket that tells of new objects',
    add(bucket, { NotificationConfiguration: {} }),
  ],
  [
    'CAL-1-one-upload-bucket',
    'a role that writes into the bucket of the app’s files',
    addRole({
      Action: 's3:PutObject',
      Resource: {
        'Fn::Join': [
          '',
          ['arn:aws:s3:::onceover-production-web-', { Ref: 'AWS::AccountId' }, '-us-east-1/*'],
        ],
      },
    }),
  ],
  [
    'CAL-1-one-upload-bucket',
    'a role that writes into any bucket',
    addRole({ Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::onceover-*' }),
  ],
  [
    'CAL-1-one-upload-bucket',
    'the bucket of the app’s files takes uploads from pages',
    change(bucket, (before) => ({ ...before, CorsConfiguration: { CorsRules: [] } }), '-web-'),
  ],
  ['CAL-1-one-upload-bucket', 'the app’s files without a distribution', remove(distribution)],
  [
    'CAL-1-one-upload-bucket',
    'the bucket of the app’s files lets somebody write',
    rewrite(
      policy,
      '"Action":"s3:GetObject","Condition":{"StringEquals"',
      '"Action":"s3:PutObject","Condition":{"StringEquals"',
    ),
  ],
  ['CAL-1-no-copies', 'versions', set(bucket, { VersioningConfiguration: { Status: 'Enabled' } })],
  ['CAL-1-no-copies', 'replicas', set(bucket, { ReplicationConfiguration: {} })],
  ['CAL-1-no-copies', 'a lock', set(bucket, { ObjectLockEnabled: true })],
  ['CAL-1-no-copies', 'backups', add('AWS::Backup::BackupSelection')],
  ['ONE-1-last-net', 'no lifecycle', set(bucket, { LifecycleConfiguration: undefined })],
  ['ONE-1-last-net', 'seven days', rewrite(bucket, '"ExpirationInDays":1', '"ExpirationInDays":7')],
  [
    'ONE-1-last-net',
    'a prefix',
    rewrite(bucket, '"ExpirationInDays":1', '"Prefix":"a","ExpirationInDays":1'),
  ],
  [
    'ONE-1-last-net',
    'unfinished uploads stay',
    rewrite(bucket, 'DaysAfterInitiation":1', 'DaysAfterInitiation":9'),
  ],
  ['ONE-6-no-records-of-objects', 'access logs', set(bucket, { LoggingConfiguration: {} })],
  ['ONE-6-no-records-of-objects', 'an inventory', set(bucket, { InventoryConfigurations: [{}] })],
  ['ONE-6-no-records-of-objects', 'metadata tables', set(bucket, { MetadataTableConfiguration: {} })],
  [
    'ONE-6-no-records-of-objects',
    'events to a bus',
    rewrite(bucket, '"LambdaConfigurations"', '"EventBridgeConfiguration":{},"LambdaConfigurations"'),
  ],
  ['ONE-6-no-records-of-objects', 'a trail', add('AWS::CloudTrail::Trail')],
  [
    'ONE-6-bucket-key',
    'no Bucket Key',
    rewrite(bucket, '"BucketKeyEnabled":true', '"BucketKeyEnabled":false'),
  ],
  ['ONE-6-bucket-key', 'storage’s own key', rewrite(bucket, 'aws:kms', 'AES256')],
  [
    'ONE-4-not-public',
    'policies may open it',
    rewrite(bucket, '"BlockPublicPolicy":true', '"BlockPublicPolicy":false'),
  ],
  ['ONE-4-not-public', 'access lists', rewrite(bucket, 'BucketOwnerEnforced', 'ObjectWriter')],
  ['CAL-1-denied-to-everybody', 'no policy', remove(policy)],
  ...['NoPlainHttp', 'NoOverwrite', 'NoOldSignature', 'NoCustomerKey', 'NothingKept'].map(
    (sid) => ['CAL-1-denied-to-everybody', `without ${sid}`, withoutStatement(policy, sid)] as const,
  ),
  ['CAL-1-denied-to-everybody', 'signatures of ten minutes', rewrite(policy, '"60000"', '"600000"')],
  [
    'CAL-1-denied-to-everybody',
    'a way around',
    rewrite(policy, '"s3:if-none-match":"true"', '"s3:if-none-match":"true","aws:PrincipalTag/x":"true"'),
  ],
  ['ONE-4-one-reader', 'a role reads', addRole({ Action: 's3:GetObject', Resource: uploads })],
  [
    'ONE-4-one-reader',
    'a role reads attributes',
    addRole({ Action: ['s3:GetObjectAttributes'], Resource: uploads }),
  ],
  [
    'ONE-4-one-reader',
    'a role may everything but one',
    addRole({ NotAction: 's3:PutObject', Resource: uploads }),
  ],
  [
    'ONE-4-one-reader',
    'a separate policy reads',
    add('AWS::IAM::ManagedPolicy', {
      PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: uploads } },
    }),
  ],
  [
    'ONE-4-one-reader',
    'the bucket lets somebody read',
    rewrite(policy, '"Effect":"Deny"', '"Effect":"Allow"'),
  ],
  ['ONE-4-reading-denied-to-others', 'without OneReader', withoutStatement(policy, 'OneReader')],
  [
    'ONE-4-reading-denied-to-others',
    'another reader',
    rewrite(policy, 'onceover-production-analyze', 'onceover-production-api'),
  ],
  [
    'ONE-4-no-photo-at-the-edge',
    'the upload bucket behind the distribution',
    (resources) => [
      ...resources,
      {
        templatePath: 'added.template.json',
        logicalId: 'Added',
        type: distribution,
        properties: {
          DistributionConfig: {
            Origins: [
              {
                Id: 'photos',
                DomainName: {
                  'Fn::Join': [
                    '',
                    [
                      'onceover-production-uploads-',
                      { Ref: 'AWS::AccountId' },
                      '-us-east-1.s3.amazonaws.com',
                    ],
                  ],
                },
              },
            ],
          },
        },
      },
    ],
  ],
  [
    'CAL-6-nothing-kept-at-the-edge',
    'answers of the API are kept',
    rewrite(distribution, '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', '658327ea-f89d-4fab-a63d-7e88639e58f6'),
  ],
  ['ONE-6-no-log-at-the-edge', 'a log', rewrite(distribution, '"Origins":', '"Logging":{},"Origins":')],
  ['ONE-6-no-log-at-the-edge', 'a stream of who comes', add('AWS::CloudFront::RealtimeLogConfig')],
  [
    'ONE-6-edge-runs-no-function',
    'a function at the edge',
    rewrite(distribution, '"CachePolicyId"', '"LambdaFunctionAssociations":[],"CachePolicyId"'),
  ],
  ['ONE-4-one-opener', 'a role decrypts', addRole({ Action: 'kms:Decrypt', Resource: 'key' })],
  [
    'ONE-4-one-opener',
    'the key’s owner decrypts',
    rewrite('AWS::KMS::Key', '"kms:PutKeyPolicy"', '"kms:PutKeyPolicy","kms:Decrypt"'),
  ],
  [
    'ONE-4-one-opener',
    'the API decrypts',
    rewrite('AWS::KMS::Key', '"kms:GenerateDataKey"', '"kms:Decrypt"'),
  ],
  [
    'CAL-12-no-wildcard-action',
    'a service',
    addRole({ Action: ['dynamodb:*'], Resource: 'arn:aws:dynamodb:::table/x' }),
  ],
  ['CAL-12-no-wildcard-action', 'a beginning', addRole({ Action: 's3:List*', Resource: 'arn:aws:s3:::x' })],
  ['CAL-12-no-wildcard-resource', 'every table', addRole({ Action: 'dynamodb:GetItem', Resource: '*' })],
  [
    'CAL-12-no-foreign-policies',
    'a managed policy',
    change('AWS::IAM::Role', (before) => ({
      ...before,
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    })),
  ],
  ['CAL-12-no-foreign-policies', 'a user', add('AWS::IAM::User')],
  ['CAL-12-callers-named', 'any source', set('AWS::Lambda::Permission', { SourceArn: undefined })],
  ['CAL-12-callers-named', 'anybody', set('AWS::Lambda::Permission', { Principal: '*' })],
  ['CAL-12-callers-named', 'a function address', add('AWS::Lambda::Url')],
  ['ONE-4-analyze-is-isolated', 'no network', set('AWS::Lambda::Function', { VpcConfig: undefined })],
  ...['NatGateway', 'InternetGateway', 'VPCPeeringConnection', 'Route'].map(
    (way) => ['ONE-4-analyze-is-isolated', `a ${way}`, add(`AWS::EC2::${way}`)] as const,
  ),
  ['ONE-4-analyze-is-isolated', 'public addresses', set('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true })],
  [
    'ONE-4-endpoints-name-what-they-lead-to',
    'no policy',
    set('AWS::EC2::VPCEndpoint', { PolicyDocument: undefined }),
  ],
  [
    'ONE-4-endpoints-name-what-they-lead-to',
    'any bucket',
    rewrite('AWS::EC2::VPCEndpoint', '"Sid":"UploadedObjects"', '"NotResource":"x"'),
  ],
  [
    'ONE-4-endpoints-name-what-they-lead-to',
    'an interface',
    set('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }),
  ],
  [
    'ONE-4-endpoints-name-what-they-lead-to',
    'any role',
    rewrite('AWS::EC2::VPCEndpoint', 'onceover-production-analyze', 'onceover-production-api'),
  ],
  [
    'CAL-6-no-backups-of-persons',
    'backups',
    set('AWS::DynamoDB::Table', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
  ],
  [
    'ALY-4-in-one-region',
    'a global table',
    add('AWS::DynamoDB::GlobalTable', { TableName: 'onceover-production-scans' }),
  ],
  ['ALY-4-in-one-region', 'replicas', set('AWS::DynamoDB::Table', { Replicas: [{ Region: 'eu-west-1' }] })],
  [
    'CAL-6-retention-at-the-table',
    'nothing dropped',
    set('AWS::DynamoDB::Table', { TimeToLiveSpecification: undefined }),
  ],
  [
    'CAL-6-retention-at-the-table',
    'switched off',
    rewrite(
      'AWS::DynamoDB::Table',
      '"AttributeName":"removeAfter","Enabled":true',
      '"AttributeName":"removeAfter","Enabled":false',
    ),
  ],
  ['ONE-4-uploads-from-named-pages', 'any page', rewrite(bucket, '"https://app.invalid"', '"*"')],
  ['ONE-4-uploads-from-named-pages', 'other methods', rewrite(bucket, '["PUT"]', '["PUT","GET"]')],
  ['ONE-4-uploads-from-named-pages', 'any header', rewrite(bucket, '"if-none-match"', '"*"')],
  ['CAL-1-denied-to-everybody', 'of some objects only', rewrite(policy, '"/*"', '"/a/*"')],
  ['ONE-4-reading-denied-to-others', 'of some objects only', rewrite(policy, '"/*"', '"/a/*"')],
  ['CAL-6-no-backups-of-persons', 'a stream', set('AWS::DynamoDB::Table', { StreamSpecification: {} })],
  ['CAL-6-no-backups-of-persons', 'a table of no class', add('AWS::DynamoDB::Table', { TableName: 'notes' })],
  ['ONE-6-logs-expire', 'a log for ever', set('AWS::Logs::LogGroup', { RetentionInDays: undefined })],
  ['ONE-6-logs-expire', 'a log for a year', set('AWS::Logs::LogGroup', { RetentionInDays: 365 })],
  ['ONE-6-logs-expire', 'a log of Lambda’s own', set('AWS::Lambda::Function', { LoggingConfig: undefined })],
  ...['$context.identity.sourceIp', '$context.path', '$context.requestId'].map(
    (field) =>
      [
        'ONE-6-access-log-names-nobody',
        field,
        rewrite('AWS::ApiGatewayV2::Stage', '$context.status', field),
      ] as const,
  ),
  [
    'ONE-6-no-parked-events',
    'a destination',
    set('AWS::Lambda::EventInvokeConfig', { DestinationConfig: {} }),
  ],
  ['ONE-6-no-parked-events', 'a dead-letter queue', set('AWS::Lambda::Function', { DeadLetterConfig: {} })],
  ['ONE-6-no-parked-events', 'traces', set('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } })],
  ['ONE-1-cleaner-runs', 'no schedule', remove('AWS::Scheduler::Schedule')],
  [
    'ONE-1-cleaner-runs',
    'every five minutes',
    rewrite('AWS::Scheduler::Schedule', 'rate(1 minute)', 'rate(5 minutes)'),
  ],
  ['ONE-1-cleaner-runs', 'paused', set('AWS::Scheduler::Schedule', { State: 'DISABLED' })],
  [
    'ONE-2-analysis-in-time',
    'six hours of retries',
    rewrite(
      'AWS::Lambda::EventInvokeConfig',
      '"MaximumEventAgeInSeconds":120',
      '"MaximumEventAgeInSeconds":21600',
    ),
  ],
  ['ONE-2-analysis-in-time', 'AWS’s own retries', remove('AWS::Lambda::EventInvokeConfig')],
  [
    'ONE-2-analysis-in-time',
    'retries of another name than the trigger’s',
    rewrite('AWS::Lambda::EventInvokeConfig', '"Qualifier":"live"', '"Qualifier":"next"'),
  ],
  ['ONE-1-somebody-is-told', 'no alarms', remove('AWS::CloudWatch::Alarm')],
  ['ONE-1-somebody-is-told', 'alarms that tell nobody', set('AWS::CloudWatch::Alarm', { AlarmActions: [] })],
  ['ONE-1-somebody-is-told', 'silenced', set('AWS::CloudWatch::Alarm', { ActionsEnabled: false })],
];

// Some synthesise, which takes long on a busy machine.
describe('the privacy rules', () => {
  it.each(['production', 'development', 'emulator'] as const)('find nothing in the committed %s', (name) => {
    const { settings, resources } = synthesise(givenSettings(name));
    expect(findBreaches(settings, resources)).toEqual([]);
  });

  it.each(breakings)('rejects, by %s: %s', (rule, _what, breaking) => {
    const found = findBreaches(production.settings, breaking(production.resources));
    expect(found.map((one) => one.rule.name)).toContain(rule);
  });

  it('are each broken by at least one test', () => {
    const broken = new Set(breakings.map(([rule]) => rule));
    expect(privacyRules.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });

  it('say a promise and what to change', () => {
    for (const { name, promise, fix } of privacyRules) {
      expect(name.startsWith(`${promise}-`)).toBe(true);
      expect(fix).toMatch(/^[A-Z].{20,}\.$/);
    }
  });
});
