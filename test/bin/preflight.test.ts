/** What a person is told before a deployment, over accounts that are made up. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AwsCallError, NoCredentials, type AwsCall, type AwsRequest } from '../../bin/aws/call.ts';
import { viewAccount } from '../../bin/preflight/account.ts';
import { concurrencyNeeded, runChecks, type AccountView } from '../../bin/preflight/checks.ts';
import { main } from '../../bin/preflight/main.ts';
import { functions } from '../../lib/functions.ts';
import { givenSettings } from '../lib/given.ts';

const real = {
  mailFrom: 'onceover@app.example',
  domain: {
    name: 'app.example',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888',
  },
  alarmAddress: 'alarms@app.example',
  uploadOrigins: ['https://app.example'],
  controller: { name: 'Example Ltd', address: '1 Example Road, Dublin' },
  contacts: { privacy: 'mailto:privacy@app.example' },
};
const settings = givenSettings('production', real);

/** An account in which nothing is left to do. */
const ready: AccountView = {
  accountId: async () => '123456789012',
  bootstrapVersion: async () => 29,
  concurrency: async () => 1000,
  mail: async () => ({ production: true, sending: true, domainVerified: true }),
  mailReturns: async () => true,
  trailsOfObjects: async () => [],
  hasSecret: async () => true,
  certificate: async () => 'ISSUED',
  hasNameServers: async () => true,
};

let printed = '';
beforeEach(() => {
  printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => (printed += String(chunk)) !== '');
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the checks', () => {
  it('are all done for an account that is ready', async () => {
    const findings = await runChecks(settings, ready);
    expect(findings.filter(({ state }) => state !== 'done')).toEqual([]);
  });

  it.each<[string, Partial<AccountView>, RegExp]>([
    ['no bootstrap', { bootstrapVersion: async () => undefined }, /npx cdk bootstrap/],
    ['an old bootstrap', { bootstrapVersion: async () => 6 }, /npx cdk bootstrap/],
    ['ten functions at once', { concurrency: async () => 10 }, /request-service-quota-increase/],
    [
      'a sandbox',
      { mail: async () => ({ production: false, sending: true, domainVerified: true }) },
      /production access/,
    ],
    [
      'an unknown domain',
      { mail: async () => ({ production: true, sending: true, domainVerified: false }) },
      /create-email-identity/,
    ],
    ['no name servers', { hasNameServers: async () => false }, /create-hosted-zone/],
    ['no certificate', { certificate: async () => undefined }, /request-certificate --region us-east-1/],
    ['a certificate that waits', { certificate: async () => 'PENDING_VALIDATION' }, /domain’s DNS/],
    ['a missing secret', { hasSecret: async () => false }, /create-secret .*stripe-secret-key/],
    ['mail that comes back to nobody', { mailReturns: async () => false }, /set-identity-notification-topic/],
    [
      'a configuration set that no function may use',
      {
        mail: async () => ({
          production: true,
          sending: true,
          domainVerified: true,
          configurationSet: 'all',
        }),
      },
      /put-email-identity-configuration-set-attributes/,
    ],
    ['a trail of objects', { trailsOfObjects: async () => ['audit'] }, /event selectors/],
  ])('say for %s what to do, and for nothing else', async (_what, part, todo) => {
    const open = (await runChecks(settings, { ...ready, ...part })).filter(({ state }) => state !== 'done');
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({ state: 'to do', todo: expect.stringMatching(todo) });
  });

  it.each([
    [{ contacts: {} }, 'no address to ask about privacy'],
    [{ controller: undefined }, 'no controller: the record of processing names nobody'],
  ])('say of %j who answers for the data: nobody yet', async (more, seen) => {
    const findings = await runChecks({ ...settings, ...more }, ready);
    const open = findings.filter(({ state }) => state !== 'done');
    expect(open).toMatchObject([{ title: 'Who answers for the data', seen }]);
  });

  it('name the addresses that are placeholders', async () => {
    const [first] = await runChecks(givenSettings('production'), ready);
    expect(first).toMatchObject({ state: 'to do', seen: expect.stringContaining('app.invalid') });
  });

  it('go on after one that could not be asked', async () => {
    const refused = {
      ...ready,
      concurrency: () => Promise.reject(new AwsCallError('lambda', 403, 'AccessDenied')),
    };
    const findings = await runChecks(settings, refused);
    expect(findings.map(({ state }) => state).filter((state) => state === 'unknown')).toHaveLength(1);
    expect(findings.at(-1)?.state).toBe('done');
  });

  it('need room for every function, and what Lambda keeps', () => {
    const reserved = functions.reduce((sum, one) => sum + one.reservedConcurrency, 0);
    expect(concurrencyNeeded({ reservedConcurrency: true })).toBe(reserved + 100);
    expect(concurrencyNeeded({ reservedConcurrency: false })).toBe(1);
  });
});

describe('npm run preflight', () => {
  it('ends with 0 and the command to deploy when nothing is left', async () => {
    expect(
      await main(
        ['production'],
        {},
        () => ready,
        () => settings,
      ),
    ).toBe(0);
    expect(printed).toContain(
      'npx cdk deploy --all -c environment=production && npm run publish:web -- production',
    );
  });

  it('ends with 1 when something is', async () => {
    expect(await main(['production'], {}, () => ready)).toBe(1);
    expect(printed).toContain('✗ 1. Addresses in the settings');
  });

  it('says what to do and asks nobody without credentials', async () => {
    const nobody = { ...ready, accountId: () => Promise.reject(new NoCredentials('none')) };
    expect(await main(['production'], {}, () => nobody)).toBe(3);
    expect(printed).toContain('npx cdk bootstrap');
    expect(printed).toContain('No AWS credentials');
  });

  it.each([[['staging']], [['dev', 'production']], [['--now']]])(
    'rejects %j as wrong usage',
    async (args) => {
      expect(await main(args, {}, () => ready)).toBe(2);
    },
  );
});

describe('an account by signed calls', () => {
  /** Answers by service and operation, and fails on any other. */
  const calling =
    (answers: Readonly<Record<string, unknown>>): AwsCall =>
    async ({ service, target, path }: AwsRequest) => {
      const key = `${service} ${target?.split('.').at(-1) ?? path ?? ''}`.trim();
      const answer = answers[key];
      if (answer === undefined) throw new Error(`unexpected: ${key}`);
      if (answer instanceof Error) throw answer;
      return typeof answer === 'string' ? answer : JSON.stringify(answer);
    };

  it('reads what each service answers', async () => {
    const view = viewAccount(
      calling({
        sts: '<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>',
        'ssm GetParameter': { Parameter: { Value: '29' } },
        'lambda /2016-08-19/account-settings/': { AccountLimit: { ConcurrentExecutions: 10 } },
        'ses /v2/email/account': { ProductionAccessEnabled: true, SendingEnabled: true },
        'ses /v2/email/identities/app.example': { VerifiedForSendingStatus: true },
        'lambda /2015-03-31/functions/onceover-x-bounces/configuration': {},
        ses: ['Bounce', 'Complaint']
          .map((kind) => `<${kind}Topic>arn:aws:sns:us-east-1:1:onceover-x-bounces</${kind}Topic>`)
          .join(''),
        'secretsmanager DescribeSecret': { Name: 'there' },
        'acm DescribeCertificate': { Certificate: { Status: 'ISSUED' } },
        'cloudtrail DescribeTrails': { trailList: [{ Name: 'audit', TrailARN: 'arn' }] },
        'cloudtrail GetEventSelectors': {
          AdvancedEventSelectors: [
            { FieldSelectors: [{ Field: 'resources.type', Equals: ['AWS::S3::Object'] }] },
          ],
        },
      }),
    );
    expect(await view.accountId()).toBe('123456789012');
    expect(await view.bootstrapVersion()).toBe(29);
    expect(await view.concurrency()).toBe(10);
    expect(await view.mail('app.example')).toEqual({ production: true, sending: true, domainVerified: true });
    expect(await view.hasSecret('there')).toBe(true);
    expect(await view.certificate('arn')).toBe('ISSUED');
    expect(await view.mailReturns('app.example', 'onceover-x-bounces')).toBe(true);
    expect(await view.trailsOfObjects('onceover-x-uploads-')).toEqual(['audit']);
  });

  const objects = { Field: 'resources.type', Equals: ['AWS::S3::Object'] };
  it.each([
    ['every object', { AdvancedEventSelectors: [{ FieldSelectors: [objects] }] }, true],
    [
      'every object but ours',
      {
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              objects,
              { Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::onceover-x-uploads-'] },
            ],
          },
        ],
      },
      false,
    ],
    [
      'those of another bucket',
      {
        AdvancedEventSelectors: [
          { FieldSelectors: [objects, { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::books/'] }] },
        ],
      },
      false,
    ],
    [
      'every object, by an old selector',
      { EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }] }] },
      true,
    ],
    [
      'those of another bucket, by an old selector',
      { EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::books/'] }] }] },
      false,
    ],
  ])('sees whether a trail records uploads: %s', async (_what, selectors, records) => {
    const view = viewAccount(
      calling({
        'cloudtrail DescribeTrails': { trailList: [{ Name: 'audit', TrailARN: 'arn' }] },
        'cloudtrail GetEventSelectors': selectors,
      }),
    );
    expect(await view.trailsOfObjects('onceover-x-uploads-')).toEqual(records ? ['audit'] : []);
  });

  it('takes what is not there for not there, and no other refusal', async () => {
    const missing = viewAccount(
      calling({
        'ssm GetParameter': new AwsCallError('ssm', 400, 'ParameterNotFound'),
        'secretsmanager DescribeSecret': new AwsCallError('secretsmanager', 400, 'ResourceNotFoundException'),
        'acm DescribeCertificate': new AwsCallError('acm', 400, 'ResourceNotFoundException'),
        'lambda /2015-03-31/functions/onceover-x-bounces/configuration': new AwsCallError(
          'lambda',
          404,
          'ResourceNotFoundException',
        ),
        'ses /v2/email/account': {},
        'ses /v2/email/identities/app.example': new AwsCallError('ses', 404, 'NotFoundException'),
      }),
    );
    expect(await missing.bootstrapVersion()).toBeUndefined();
    expect(await missing.hasSecret('not-there')).toBe(false);
    expect(await missing.certificate('arn')).toBeUndefined();
    expect(await missing.mail('app.example')).toMatchObject({ domainVerified: false });
    expect(await missing.mailReturns('app.example', 'onceover-x-bounces')).toBeUndefined();
    const refused = viewAccount(
      calling({ 'ssm GetParameter': new AwsCallError('ssm', 400, 'AccessDeniedException') }),
    );
    await expect(refused.bootstrapVersion()).rejects.toMatchObject({ awsCode: 'AccessDeniedException' });
  });
});
