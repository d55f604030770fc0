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
const identitySchema = z.object({ VerifiedForSendingStatus: z.boolean().default(false) });
const trailsSchema = z.object({
  trailList: z.array(z.object({ Name: z.string(), TrailARN: z.string() })).default([]),
});
const selectorsSchema = z.object({
  EventSelectors: z
    .array(z.object({ DataResources: z.array(z.object({ Type: z.string() })).default([]) }))
    .default([]),
  AdvancedEventSelectors: z
    .array(
      z.object({
        FieldSelectors: z
          .array(z.object({ Field: z.string(), Equals: z.array(z.string()).default([]) }))
          .default([]),
      }),
    )
    .default([]),
});

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
      return {
        production: account.ProductionAccessEnabled,
        sending: account.SendingEnabled,
        domainVerified: identitySchema.parse(JSON.parse(identity)).VerifiedForSendingStatus,
      };
    },
    trailsOfObjects: () => trailsOfObjects(call),
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

async function trailsOfObjects(call: AwsCall): Promise<readonly string[]> {
  const prefix = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101';
  const ask = async (operation: string, body: Record<string, unknown>): Promise<unknown> =>
    JSON.parse(await call({ service: 'cloudtrail', target: `${prefix}.${operation}`, body }));
  const { trailList } = trailsSchema.parse(await ask('DescribeTrails', { includeShadowTrails: true }));
  const found: string[] = [];
  for (const { Name, TrailARN } of trailList) {
    const { EventSelectors, AdvancedEventSelectors } = selectorsSchema.parse(
      await ask('GetEventSelectors', { TrailName: TrailARN }),
    );
    const ofObjects =
      EventSelectors.some(({ DataResources }) =>
        DataResources.some(({ Type }) => Type === 'AWS::S3::Object'),
      ) ||
      AdvancedEventSelectors.some(({ FieldSelectors }) =>
        FieldSelectors.some(
          ({ Field, Equals }) => Field === 'resources.type' && Equals.includes('AWS::S3::Object'),
        ),
      );
    if (ofObjects) found.push(Name);
  }
  return found;
}
