/** An AWS account as the checks see it, through signed calls that only read. */
import { resolveNs } from 'node:dns/promises';
import { z } from 'zod';
import { AwsCallError, type AwsCall } from '../aws/call.ts';
import type { AccountView } from './checks.ts';

const parameterSchema = z.object({ Parameter: z.object({ Value: z.string() }) });
const settingsSchema = z.object({ AccountLimit: z.object({ ConcurrentExecutions: z.int() }) });
const mailAccountSchema = z.object({
  ProductionAccessEnabled: z.boolean().default(false),
  SendingEnabled: z.boolean().default(true),
});
const identitySchema = z.object({
  VerifiedForSendingStatus: z.boolean().default(false),
  ConfigurationSetName: z.string().optional(),
});
const trailsSchema = z.object({
  trailList: z.array(z.object({ Name: z.string(), TrailARN: z.string() })).default([]),
});
const texts = z.array(z.string()).default([]);
const selectorsSchema = z.object({
  EventSelectors: z
    .array(z.object({ DataResources: z.array(z.object({ Type: z.string(), Values: texts })).default([]) }))
    .default([]),
  AdvancedEventSelectors: z
    .array(
      z.object({
        FieldSelectors: z
          .array(
            z.object({
              Field: z.string(),
              Equals: texts,
              StartsWith: texts,
              NotStartsWith: texts,
              NotEquals: texts,
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});
type Selectors = z.infer<typeof selectorsSchema>;

const certificateSchema = z.object({ Certificate: z.object({ Status: z.string() }) });

/**
 * Views an account through a call, and through one to us-east-1, where certificates of distributions are. Every answer is
 * asked for when it is needed.
 */
export function viewAccount(call: AwsCall, callUsEast1: AwsCall = call): AccountView {
  return {
    async accountId() {
      const form = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
      return /<Account>(\d+)</.exec(await call({ service: 'sts', body: form }))?.[1] ?? '';
    },
    async bootstrapVersion() {
      const Name = '/cdk-bootstrap/hnb659fds/version';
      try {
        const answer = await call({ service: 'ssm', target: 'AmazonSSM.GetParameter', body: { Name } });
        return Number(parameterSchema.parse(JSON.parse(answer)).Parameter.Value);
      } catch (error) {
        if (error instanceof AwsCallError && error.awsCode === 'ParameterNotFound') return undefined;
        throw error;
      }
    },
    async concurrency() {
      const answer = await call({ service: 'lambda', method: 'GET', path: '/2016-08-19/account-settings/' });
      return settingsSchema.parse(JSON.parse(answer)).AccountLimit.ConcurrentExecutions;
    },
    async mail(domain) {
      const get = (path: string): Promise<string> =>
        call({ service: 'ses', host: 'email', method: 'GET', path });
      const account = mailAccountSchema.parse(JSON.parse(await get('/v2/email/account')));
      const identity = await get(`/v2/email/identities/${encodeURIComponent(domain)}`).catch(
        (error: unknown) => {
          if (error instanceof AwsCallError && error.status === 404) return '{}';
          throw error;
        },
      );
      const { VerifiedForSendingStatus: domainVerified, ConfigurationSetName: configurationSet } =
        identitySchema.parse(JSON.parse(identity));
      return {
        production: account.ProductionAccessEnabled,
        sending: account.SendingEnabled,
        domainVerified,
        ...(configurationSet === undefined ? {} : { configurationSet }),
      };
    },
    async mailReturns(domain, topic) {
      // The function that the topic tells has its name.
      try {
        await call({
          service: 'lambda',
          method: 'GET',
          path: `/2015-03-31/functions/${topic}/configuration`,
        });
      } catch (error) {
        if (error instanceof AwsCallError && error.status === 404) return undefined;
        throw error;
      }
      const form = new URLSearchParams({
        Action: 'GetIdentityNotificationAttributes',
        Version: '2010-12-01',
        'Identities.member.1': domain,
      });
      const answer = await call({ service: 'ses', host: 'email', body: form });
      return ['Bounce', 'Complaint'].every((kind) =>
        new RegExp(`<${kind}Topic>arn:aws:sns:[^<]*:${topic}</`).test(answer),
      );
    },
    trailsOfObjects: (bucket) => trailsOfObjects(call, bucket),
    async hasSecret(SecretId) {
      try {
        await call({
          service: 'secretsmanager',
          target: 'secretsmanager.DescribeSecret',
          body: { SecretId },
        });
        return true;
      } catch (error) {
        if (error instanceof AwsCallError && error.awsCode === 'ResourceNotFoundException') return false;
        throw error;
      }
    },
    async certificate(CertificateArn) {
      try {
        const answer = await callUsEast1({
          service: 'acm',
          target: 'CertificateManager.DescribeCertificate',
          body: { CertificateArn },
        });
        return certificateSchema.parse(JSON.parse(answer)).Certificate.Status;
      } catch (error) {
        if (error instanceof AwsCallError && error.awsCode === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    async hasNameServers(domain) {
      for (const name of [domain, domain.slice(domain.indexOf('.') + 1)]) {
        const servers = name.includes('.') ? await resolveNs(name).catch(() => []) : [];
        if (servers.length > 0) return true;
      }
      return false;
    },
  };
}

async function trailsOfObjects(call: AwsCall, bucket: string): Promise<readonly string[]> {
  const prefix = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101';
  const ask = async (operation: string, body: Record<string, unknown>): Promise<unknown> =>
    JSON.parse(await call({ service: 'cloudtrail', target: `${prefix}.${operation}`, body }));
  const { trailList } = trailsSchema.parse(await ask('DescribeTrails', { includeShadowTrails: true }));
  const found: string[] = [];
  for (const { Name, TrailARN } of trailList) {
    const selectors = selectorsSchema.parse(await ask('GetEventSelectors', { TrailName: TrailARN }));
    if (recordsObjectsOf(bucket, selectors)) found.push(Name);
  }
  return found;
}

/** Whether a trail records what happens to objects of the bucket: `onceover-ENV-uploads-…`, by the beginning of its name. */
function recordsObjectsOf(bucket: string, { EventSelectors, AdvancedEventSelectors }: Selectors): boolean {
  const arn = `arn:aws:s3:::${bucket}`;
  // A bucket of another name is none of ours; `arn:aws:s3` alone is every bucket.
  const isOurs = (one: string): boolean => one.startsWith(arn) || arn.startsWith(one);
  return (
    EventSelectors.some(({ DataResources }) =>
      DataResources.some(({ Type, Values }) => Type === 'AWS::S3::Object' && Values.some(isOurs)),
    ) ||
    AdvancedEventSelectors.some(({ FieldSelectors }) => {
      const ofObjects = FieldSelectors.some(
        ({ Field, Equals }) => Field === 'resources.type' && Equals.includes('AWS::S3::Object'),
      );
      const names = FieldSelectors.filter(({ Field }) => Field === 'resources.ARN');
      const included = names.flatMap(({ Equals, StartsWith }) => [...Equals, ...StartsWith]);
      const excluded = names.some(({ NotStartsWith }) => NotStartsWith.some((one) => one.startsWith(arn)));
      return ofObjects && !excluded && (included.length === 0 || included.some(isOurs));
    })
  );
}
