/** What the stacks promise, resource by resource, and the absence of what they must not hold. */
import { signIn } from '../../../core/session.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { tables } from '../../../core/tables.ts';
import { functions } from '../../../lib/functions.ts';
import { emulatorSwitches } from '../../../lib/settings.ts';
import { policiesOf, uploadBuckets } from '../../../lib/privacy/grants.ts';
import { at, listOf, ofType, textOf, type Resource } from '../../../lib/privacy/template.ts';
import { givenSettings, synthesise, type Synthesised } from '../given.ts';

let production: Synthesised;
let development: Synthesised;
let emulator: Synthesised;
beforeAll(() => {
  production = synthesise(givenSettings('production'));
  development = synthesise(givenSettings('development', { architecture: 'arm64', backedUp: ['operations'] }));
  emulator = synthesise(givenSettings('emulator'));
}, 180_000);

function only(app: Synthesised, type: string): Resource {
  const [one, ...others] = ofType(app.resources, type);
  if (one === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
  return one;
}

/** The bucket for uploads, or its policy. */
function ofUploads(app: Synthesised, type: 'AWS::S3::Bucket' | 'AWS::S3::BucketPolicy'): Resource {
  const [bucket, ...others] = uploadBuckets(app.resources);
  if (bucket === undefined || others.length > 0) throw new Error('not exactly one upload bucket');
  return type === 'AWS::S3::Bucket' ? bucket : (policiesOf(bucket, app.resources)[0] ?? bucket);
}

function named(app: Synthesised, type: string, property: string, name: string): Resource {
  const found = ofType(app.resources, type).find((one) => textOf(at(one, property)) === name);
  if (found === undefined) throw new Error(`no ${type} with ${property} ${name}`);
  return found;
}

describe('the app', () => {
  it('holds exactly these kinds of things: no hidden function, custom resource, NAT, queue or user', () => {
    expect([...new Set(production.resources.map(({ type }) => type))].sort()).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::CloudFront::Distribution',
      'AWS::CloudFront::Function',
      'AWS::CloudFront::OriginAccessControl',
      'AWS::CloudFront::ResponseHeadersPolicy',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::Cognito::UserPool',
      'AWS::Cognito::UserPoolClient',
      'AWS::DynamoDB::Table',
      'AWS::EC2::RouteTable',
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::Subnet',
      'AWS::EC2::SubnetRouteTableAssociation',
      'AWS::EC2::VPC',
      'AWS::EC2::VPCEndpoint',
      'AWS::IAM::Role',
      'AWS::KMS::Alias',
      'AWS::KMS::Key',
      'AWS::Lambda::Alias',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SNS::Subscription',
      'AWS::SNS::Topic',
      'AWS::SNS::TopicPolicy',
      'AWS::Scheduler::Schedule',
      'AWS::SecretsManager::Secret',
    ]);
    expect(ofType(production.resources, 'AWS::Lambda::Function')).toHaveLength(functions.length);
  });

  it.each(Object.entries(emulatorSwitches).filter(([, { leavesOut }]) => leavesOut.length > 0))(
    'leaves out for an emulator, by %s, the types of resources that the switch names',
    (name, { leavesOut }) => {
      const given = givenSettings('emulator', { emulatorSwitches: [name as keyof typeof emulatorSwitches] }); // oxlint-disable-line typescript/no-unsafe-type-assertion -- a key of the record
      const left = new Set(synthesise(given).resources.map(({ type }) => type));
      const all = new Set(emulator.resources.map(({ type }) => type));
      expect([...all].filter((type) => !left.has(type)).toSorted()).toEqual([...leavesOut]);
    },
  );
});

describe('the data stack', () => {
  it.each(tables)(
    'declares $name with its keys, indexes and time to live, encrypted and protected',
    (definition) => {
      const table = named(
        production,
        'AWS::DynamoDB::Table',
        'TableName',
        `onceover-production-${definition.name}`,
      );
      const { partitionKey, sortKey, indexes, ttlAttribute } = definition;
      const keys = [partitionKey, sortKey].flatMap((key) => key?.name ?? []);
      expect(listOf(at(table, 'KeySchema'))).toEqual(
        keys.map((AttributeName, position) => ({
          AttributeName,
          KeyType: position === 0 ? 'HASH' : 'RANGE',
        })),
      );
      const indexNames = listOf(at(table, 'GlobalSecondaryIndexes')).map((one) =>
        at({ properties: { one } }, 'one', 'IndexName'),
      );
      expect(indexNames).toEqual(indexes.map(({ name }) => name));
      expect(at(table, 'TimeToLiveSpecification')).toEqual(
        ttlAttribute === undefined ? undefined : { AttributeName: ttlAttribute, Enabled: true },
      );
      expect(table.properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      });
    },
  );

  it('has a key for each class with own keys, and none without', () => {
    const classes = new Set(tables.map(({ dataClass }) => dataClass));
    // One more: the upload bucket's.
    expect(ofType(production.resources, 'AWS::KMS::Key')).toHaveLength(classes.size + 1);
    expect(ofType(development.resources, 'AWS::KMS::Key')).toHaveLength(1);
  });

  it('backs up what the settings say, which the policy allows for operations alone', () => {
    const backedUp = ofType(development.resources, 'AWS::DynamoDB::Table').filter(
      (table) => at(table, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
    );
    expect(backedUp.map(({ properties }) => properties['TableName'])).toEqual(['onceover-dev-operations']);
  });
});

describe('the functions', () => {
  it.each(functions)('run $name with the limits of the catalogue, under a log of their own', (definition) => {
    const name = `onceover-production-${definition.name}`;
    const fn = named(production, 'AWS::Lambda::Function', 'FunctionName', name);
    expect(fn.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['x86_64'],
      Handler: 'index.handler',
      Timeout: definition.timeoutMs / 1000,
      MemorySize: definition.memoryMb,
      ReservedConcurrentExecutions: definition.reservedConcurrency,
    });
    const config = named(
      production,
      'AWS::Lambda::EventInvokeConfig',
      'FunctionName',
      textOf({ Ref: fn.logicalId }),
    );
    expect(config.properties).toMatchObject({
      MaximumRetryAttempts: definition.asyncRetries,
      MaximumEventAgeInSeconds: definition.maximumEventAgeMs / 1000,
    });
    const log = named(production, 'AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/${name}`);
    expect(at(log, 'RetentionInDays')).toBe(30);
    expect(at(fn, 'LoggingConfig', 'LogGroup')).toEqual({ Ref: log.logicalId });
  });

  it('run on the architecture of the settings', () => {
    for (const fn of ofType(development.resources, 'AWS::Lambda::Function')) {
      expect(at(fn, 'Architectures')).toEqual(['arm64']);
    }
  });

  it('get every variable that they ask for, and secrets as references, never as values', () => {
    const variables = functions.map(({ name }) => {
      const fn = named(production, 'AWS::Lambda::Function', 'FunctionName', `onceover-production-${name}`);
      return [name, Object.keys(Object(at(fn, 'Environment', 'Variables'))).sort()];
    });
    expect(Object.fromEntries(variables)).toEqual({
      analyze: [
        'METRICS_MODEL',
        'METRICS_NAMESPACE',
        'MODEL',
        'MODEL_DIGEST',
        'ORT_DISABLE_TELEMETRY',
        'TABLE_PREFIX',
        'UPLOAD_BUCKET',
        'VCPUS',
      ],
      sweep: ['METRICS_NAMESPACE', 'TABLE_PREFIX', 'UPLOAD_BUCKET'],
      staff: ['IDENTITY_KEY', 'MAIL_FROM', 'STAFF_ROLE_PREFIX', 'STRIPE_SECRET_KEY', 'TABLE_PREFIX'],
      bounces: ['IDENTITY_KEY', 'TABLE_PREFIX'],
      upkeep: [
        'COGNITO_USER_POOL_ID',
        'IDENTITY_KEY',
        'MAIL_FROM',
        'METRICS_NAMESPACE',
        'STRIPE_SECRET_KEY',
        'TABLE_PREFIX',
        'UPLOAD_BUCKET',
      ],
      api: [
        'APP_ORIGIN',
        'AUDIENCE',
        'CHECKOUT_CANCEL_URL',
        'CHECKOUT_SUCCESS_URL',
        'COGNITO_CLIENT_ID',
        'COGNITO_USER_POOL_ID',
        'IDENTITY_KEY',
        'ISSUER',
        'JWKS_URL',
        'MAIL_FROM',
        'METRICS_NAMESPACE',
        'MODEL',
        'MODEL_DIGEST',
        'ORIGIN_SECRET',
        'REQUEST_HASH_KEY',
        'SOURCE_HEADER',
        'STRIPE_SECRET_KEY',
        'STRIPE_TAX',
        'STRIPE_WEBHOOK_SECRET',
        'TABLE_PREFIX',
        'UPLOAD_BUCKET',
      ],
    });
    const api = named(production, 'AWS::Lambda::Function', 'FunctionName', 'onceover-production-api');
    expect(at(api, 'Environment', 'Variables', 'APP_ORIGIN')).toBe('https://app.invalid');
    for (const [variable, secret] of [
      ['REQUEST_HASH_KEY', 'RequestHashKey'],
      ['IDENTITY_KEY', 'IdentityKey'],
      ['STRIPE_SECRET_KEY', 'onceover/production/stripe-secret-key'],
      ['STRIPE_WEBHOOK_SECRET', 'onceover/production/stripe-webhook-secret'],
    ] as const) {
      const key = textOf(at(api, 'Environment', 'Variables', variable));
      expect(key).toMatch(new RegExp(`^\\{\\{resolve:secretsmanager:${secret}:SecretString:::?\\}\\}$`));
    }
  });
});

describe('the upload bucket', () => {
  it('takes PUT with three headers from the pages of the settings', () => {
    expect(at(ofUploads(production, 'AWS::S3::Bucket'), 'CorsConfiguration', 'CorsRules')).toEqual([
      {
        AllowedMethods: ['PUT'],
        AllowedOrigins: ['https://app.invalid'],
        AllowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
      },
    ]);
  });

  it('has a policy that only denies', () => {
    const statements = listOf(
      at(ofUploads(production, 'AWS::S3::BucketPolicy'), 'PolicyDocument', 'Statement'),
    );
    expect(statements.map((one) => at({ properties: { one } }, 'one', 'Effect'))).toEqual(
      statements.map(() => 'Deny'),
    );
    expect(statements.map((one) => at({ properties: { one } }, 'one', 'Sid'))).toEqual([
      'NoPlainHttp',
      'OneReader',
      'NoOverwrite',
      'NoOldSignature',
      'NoCustomerKey',
      'NothingKept',
    ]);
  });
});

describe('the network', () => {
  it('lets nothing in, and out only by HTTPS along two gateway endpoints', () => {
    const group = only(production, 'AWS::EC2::SecurityGroup');
    expect(at(group, 'SecurityGroupIngress')).toBeUndefined();
    expect(at(group, 'SecurityGroupEgress')).toMatchObject([
      { FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
    ]);
    const services = ofType(production.resources, 'AWS::EC2::VPCEndpoint').map((one) =>
      textOf(at(one, 'ServiceName')),
    );
    expect(services).toEqual(['com.amazonaws.REGION.s3', 'com.amazonaws.REGION.dynamodb']);
  });
});

describe('the API', () => {
  it('sends every path to the one function, throttled, without an authorizer', () => {
    expect(only(production, 'AWS::ApiGatewayV2::Route').properties).toMatchObject({
      RouteKey: '$default',
      AuthorizationType: 'NONE',
    });
    expect(at(only(production, 'AWS::ApiGatewayV2::Stage'), 'DefaultRouteSettings')).toEqual({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 200,
    });
    expect(only(production, 'AWS::ApiGatewayV2::Integration').properties).toMatchObject({
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 11_000,
    });
  });
});

describe('signing in', () => {
  it('is a code by e-mail to a user that only the API makes, through a client with a secret', () => {
    const pool = only(production, 'AWS::Cognito::UserPool');
    expect(pool.properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTier: 'ESSENTIALS',
      UsernameAttributes: ['email'],
      DeletionProtection: 'ACTIVE',
    });
    expect(at(pool, 'Policies', 'SignInPolicy', 'AllowedFirstAuthFactors')).toContain('EMAIL_OTP');
    expect(only(production, 'AWS::Cognito::UserPoolClient').properties).toMatchObject({
      GenerateSecret: true,
      ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      AccessTokenValidity: 5,
      TokenValidityUnits: { AccessToken: 'minutes' },
      // What the mail and the app say a code is good for.
      AuthSessionValidity: signIn.codeMs / 60_000,
    });
  });

  it('is mailed through SES from a real address, and by Cognito until there is one', () => {
    const mailing = (mailFrom: string): unknown =>
      at(
        only(synthesise(givenSettings('development', { mailFrom })), 'AWS::Cognito::UserPool'),
        'EmailConfiguration',
      );
    expect(mailing('sign-in@app.example')).toMatchObject({
      EmailSendingAccount: 'DEVELOPER',
      From: 'sign-in@app.example',
    });
    expect(mailing('sign-in@app.invalid')).toBeUndefined();
  });

  it('needs no pool where the issuer is on this machine, and no secret where no domain is', () => {
    expect(ofType(emulator.resources, 'AWS::Cognito::UserPool')).toEqual([]);
    const api = named(emulator, 'AWS::Lambda::Function', 'FunctionName', 'onceover-emulator-api');
    expect(at(api, 'Environment', 'Variables')).toMatchObject({
      ISSUER: 'urn:onceover:local',
      AUDIENCE: 'onceover-local',
    });
    expect(at(api, 'Environment', 'Variables', 'ORIGIN_SECRET')).toBeUndefined();
  });

  it('closes the API’s own address, where a domain is, by a secret that stands in no template', () => {
    const api = named(production, 'AWS::Lambda::Function', 'FunctionName', 'onceover-production-api');
    const secret = textOf(at(api, 'Environment', 'Variables', 'ORIGIN_SECRET'));
    expect(secret).toMatch(/^\{\{resolve:secretsmanager:OriginSecret:SecretString:::?\}\}$/);
  });
});

describe('the version that works', () => {
  it('has a name that storage invokes, with the retries and the event age of the catalogue', () => {
    const alias = only(production, 'AWS::Lambda::Alias');
    expect(alias.properties).toMatchObject({ Name: 'live' });
    expect(at(alias, 'RoutingConfig')).toBeUndefined();
    expect(
      textOf(
        at(
          ofUploads(production, 'AWS::S3::Bucket'),
          'NotificationConfiguration',
          'LambdaConfigurations',
          0,
          'Function',
        ),
      ),
    ).toBe(textOf({ Ref: alias.logicalId }));
    const retries = ofType(production.resources, 'AWS::Lambda::EventInvokeConfig').filter(
      (one) => at(one, 'Qualifier') === 'live',
    );
    expect(retries.map(({ properties }) => properties)).toMatchObject([
      { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 120 },
    ]);
  });

  it('shares the photos with the version before, while a new one is rolled out', () => {
    const rollout = { previousVersion: '12', newShare: 0.25 };
    const alias = only(synthesise(givenSettings('development', { rollout })), 'AWS::Lambda::Alias');
    expect(at(alias, 'RoutingConfig', 'AdditionalVersionWeights')).toEqual([
      { FunctionVersion: '12', FunctionWeight: 0.75 },
    ]);
  });
});

describe('the alarms', () => {
  it('each go to the topic, by name and with the runbook’s entry', () => {
    const alarms = ofType(production.resources, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const alarm of alarms) {
      const id = textOf(at(alarm, 'AlarmName')).replace('onceover-production-', '');
      expect(textOf(at(alarm, 'AlarmDescription'))).toContain(`docs/runbook.md#${id}`);
      expect(listOf(at(alarm, 'AlarmActions'))).toHaveLength(1);
    }
    const told = named(production, 'AWS::SNS::Subscription', 'Endpoint', 'alarms@app.invalid');
    expect(at(told, 'Protocol')).toBe('email');
  });

  it('have a dashboard beside them that shows age, number, speed and cost', () => {
    const body = textOf(at(only(production, 'AWS::CloudWatch::Dashboard'), 'DashboardBody'));
    for (const question of ['How old is', 'How many', 'How fast', 'What did it cost']) {
      expect(body).toContain(question);
    }
  });
});
