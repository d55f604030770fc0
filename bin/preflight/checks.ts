/**
 * What must be so before a deployment, in the order in which a person does it, each with what to do. Decides over what an
 * account answers; asks nothing itself.
 */
import { functions } from '../../lib/functions.ts';
import type { Settings } from '../../lib/settings.ts';

/** What the checks need to know of an account. Each rejects when it cannot be asked. */
export interface AccountView {
  /** The account's number. */
  readonly accountId: () => Promise<string>;
  /** Version of the CDK's bootstrap; undefined without one. */
  readonly bootstrapVersion: () => Promise<number | undefined>;
  /** Functions that may run at once, all together. */
  readonly concurrency: () => Promise<number>;
  readonly mail: (domain: string) => Promise<MailView>;
  /** Whether SES tells the topic of this name of mail that came back and of complaints; undefined before there is one. */
  readonly mailReturns: (domain: string, topic: string) => Promise<boolean | undefined>;
  /** Names of trails that record what happens to objects of buckets whose name begins so. */
  readonly trailsOfObjects: (bucket: string) => Promise<readonly string[]>;
  /** Whether Secrets Manager has a secret of this name; its value is not asked for. */
  readonly hasSecret: (name: string) => Promise<boolean>;
  /** State of a certificate in us-east-1, `ISSUED` when it can be used; undefined when there is none. */
  readonly certificate: (arn: string) => Promise<string | undefined>;
  /** Whether the domain, or the one above it, has name servers. */
  readonly hasNameServers: (domain: string) => Promise<boolean>;
}

export interface MailView {
  /** Out of SES's sandbox: mail goes to anybody. */
  readonly production: boolean;
  readonly sending: boolean;
  readonly domainVerified: boolean;
  /** The domain's default configuration set, for which the functions have no right. */
  readonly configurationSet?: string;
}

export interface Finding {
  readonly title: string;
  readonly state: 'done' | 'to do' | 'unknown';
  /** What was seen. */
  readonly seen: string;
  /** What to do; empty when it is done. */
  readonly todo: string;
}

/** The bootstrap that the pinned CDK needs. */
export const bootstrapNeeded = 21;
/** Lambda keeps this much unreserved, whatever is reserved. */
const unreservedMinimum = 100;

interface Check {
  readonly title: string;
  readonly look: (settings: Settings, account: AccountView) => Promise<readonly [ok: boolean, seen: string]>;
  readonly todo: (settings: Settings) => string;
}

const withoutDomain = 'no domain in the settings: no app is deployed';

const done = (seen: string): readonly [boolean, string] => [true, seen];
const open = (seen: string): readonly [boolean, string] => [false, seen];

/** Invocations at once that a deployment reserves, and what Lambda keeps besides. */
export function concurrencyNeeded({ reservedConcurrency }: Pick<Settings, 'reservedConcurrency'>): number {
  if (!reservedConcurrency) return 1;
  return functions.reduce((sum, one) => sum + one.reservedConcurrency, unreservedMinimum);
}

const checks: readonly Check[] = [
  {
    title: 'Addresses in the settings',
    look: async (settings) => {
      const { mailFrom, domain, alarmAddress, uploadOrigins } = settings;
      const addresses = [mailFrom, domain?.name ?? '', alarmAddress ?? '', ...uploadOrigins];
      const placeholders = addresses.filter((one) => one.endsWith('.invalid'));
      if (placeholders.length > 0) return open(`placeholders: ${placeholders.join(', ')}`);
      return alarmAddress === undefined ? open('no alarmAddress: nobody is told') : done('real ones');
    },
    todo: () => 'Set mailFrom, domain.name, alarmAddress and uploadOrigins in lib/environments/.',
  },
  {
    title: 'Who answers for the data',
    look: async ({ controller, contacts }) => {
      if (controller === undefined) return open('no controller: the record of processing names nobody');
      return contacts.privacy === undefined ? open('no address to ask about privacy') : done(controller.name);
    },
    todo: () =>
      'Set controller and contacts.privacy in lib/environments/, and run npm run docs (GDPR Art. 13, 30).',
  },
  {
    title: 'Bootstrap of the CDK',
    async look(_settings, account) {
      const version = await account.bootstrapVersion();
      if (version === undefined) return open('none in this account and region');
      const seen = `version ${version}`;
      return version >= bootstrapNeeded ? done(seen) : open(`${seen}, ${bootstrapNeeded} is needed`);
    },
    todo: ({ region }) => `npx cdk bootstrap aws://ACCOUNT/${region}`,
  },
  {
    title: 'Quota: functions at once',
    async look(settings, account) {
      const [has, needs] = [await account.concurrency(), concurrencyNeeded(settings)];
      return has >= needs ? done(`${has}, ${needs} needed`) : open(`${has}, and ${needs} are needed`);
    },
    todo: (settings) =>
      `aws service-quotas request-service-quota-increase --region ${settings.region} --service-code lambda --quota-code L-B99A9384 --desired-value ${Math.max(1000, concurrencyNeeded(settings))}\n` +
      'It takes hours to days. Until then set reservedConcurrency to false in the settings; synth says what that weakens (ONE-1).',
  },
  {
    title: 'Mail: the sender’s domain',
    async look({ mailFrom }, account) {
      const domain = domainOf(mailFrom);
      const { domainVerified, configurationSet } = await account.mail(domain);
      if (!domainVerified) return open(`${domain} is not verified in SES`);
      return configurationSet === undefined
        ? done(`${domain} is verified`)
        : open(`${domain} has the default configuration set ${configurationSet}: no function may use it`);
    },
    todo: ({ mailFrom, region }) =>
      `aws sesv2 create-email-identity --region ${region} --email-identity ${domainOf(mailFrom)}\n` +
      'Then put the three DKIM records that it answers into the domain’s DNS, and wait until they are seen.\n' +
      `Without a default configuration set: aws sesv2 put-email-identity-configuration-set-attributes --region ${region} --email-identity ${domainOf(mailFrom)}`,
  },
  {
    title: 'Mail: to anybody',
    async look({ mailFrom }, account) {
      const { production, sending } = await account.mail(domainOf(mailFrom));
      if (!sending) return open('sending is paused for this account');
      return production
        ? done('out of the sandbox')
        : open(
            'in the sandbox: sign-in codes reach only verified addresses, and the functions’ own mail nobody',
          );
    },
    todo: ({ region }) =>
      `Ask for production access: https://${region}.console.aws.amazon.com/ses/home?region=${region}#/account. A person at AWS reads it; allow a day.`,
  },
  {
    title: 'Mail that comes back',
    async look({ mailFrom, environment }, account) {
      const domain = domainOf(mailFrom);
      if (!(await account.mail(domain)).domainVerified)
        return done('nothing leaves before the domain is verified');
      const isTold = await account.mailReturns(domain, returnsTopic(environment));
      if (isTold === undefined) return done('nothing to tell yet: ask again after the first deployment');
      return isTold
        ? done('bounces and complaints reach the product')
        : open('SES does not tell the product: addresses that refuse mail get it again and again');
    },
    todo: ({ mailFrom, environment, region }) =>
      ['Bounce', 'Complaint']
        .map(
          (kind) =>
            `aws ses set-identity-notification-topic --region ${region} --identity ${domainOf(mailFrom)} --notification-type ${kind} --sns-topic arn:aws:sns:${region}:ACCOUNT:${returnsTopic(environment)}`,
        )
        .join('\n'),
  },
  {
    title: 'DNS of the app',
    async look({ domain }, account) {
      if (domain === undefined) return done(withoutDomain);
      return (await account.hasNameServers(domain.name))
        ? done(`${domain.name} has name servers`)
        : open(`neither ${domain.name} nor the domain above it has name servers`);
    },
    todo: ({ domain }) =>
      domain === undefined
        ? ''
        : `Register the domain, or delegate it: aws route53 create-hosted-zone --name ${domain.name} --caller-reference once, then enter its name servers where the domain is registered.\n` +
          `After the first deployment let ${domain.name} be an alias or CNAME of what the web stack names PointDomainTo.`,
  },
  {
    title: 'Certificate of the app',
    async look({ domain }, account) {
      if (domain === undefined) return done(withoutDomain);
      const state = await account.certificate(domain.certificateArn);
      return state === 'ISSUED' ? done('issued') : open(state ?? 'no such certificate in us-east-1');
    },
    todo: ({ domain }) =>
      domain === undefined
        ? ''
        : `aws acm request-certificate --region us-east-1 --domain-name ${domain.name} --validation-method DNS\n` +
          'Put the record that it names into the domain’s DNS, and the certificate’s ARN into domain.certificateArn.',
  },
  {
    title: 'Trails that record objects (ONE-6)',
    async look({ environment }, account) {
      const trails = await account.trailsOfObjects(`onceover-${environment}-uploads-`);
      return trails.length === 0
        ? done('none')
        : open(`${trails.join(', ')} records S3 data events: keys and uploaders’ addresses`);
    },
    todo: () =>
      'Exclude the upload bucket in the trail’s event selectors, before people upload. Synth cannot see an account’s or an organisation’s trails.',
  },
  {
    title: 'Secrets of the payment service',
    async look({ stripe }, account) {
      if (stripe === undefined)
        return done('nothing is sold; AWS makes every other secret at the deployment');
      const missing: string[] = [];
      for (const name of secretsOf(stripe)) if (!(await account.hasSecret(name))) missing.push(name);
      return missing.length === 0
        ? done('both there; AWS makes every other at the deployment')
        : open(`missing: ${missing.join(', ')}`);
    },
    todo: ({ region, stripe }) =>
      stripe === undefined
        ? ''
        : [
            'For each, from a file that you delete afterwards, so that no value stands in the shell’s history:',
            ...secretsOf(stripe).map(
              (name) =>
                `aws secretsmanager create-secret --region ${region} --name ${name} --secret-string file://FILE`,
            ),
            'The first holds a restricted key of Stripe, the second the signing secret of the webhook endpoint (docs/money.md).',
          ].join('\n'),
  },
];

/** Every check in order; one that cannot be asked is unknown and does not stop the others. */
export async function runChecks(settings: Settings, account: AccountView): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { title, look, todo } of checks) {
    try {
      const [ok, seen] = await look(settings, account);
      findings.push({ title, state: ok ? 'done' : 'to do', seen, todo: ok ? '' : todo(settings) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      findings.push({ title, state: 'unknown', seen: why, todo: todo(settings) });
    }
  }
  return findings;
}

/** What to do, without asking anybody: for a person who has no credentials yet. */
export function describeChecks(settings: Settings): readonly Finding[] {
  return checks.map(({ title, todo }) => ({
    title,
    state: 'unknown' as const,
    seen: 'not asked',
    todo: todo(settings),
  }));
}

function secretsOf(stripe: NonNullable<Settings['stripe']>): readonly string[] {
  return [stripe.secretKeyName, stripe.webhookSecretName];
}

/** The topic that the API's stack makes for mail that came back; its output is called MailReturns. */
function returnsTopic(environment: string): string {
  return `onceover-${environment}-bounces`;
}

function domainOf(address: string): string {
  return address.slice(address.indexOf('@') + 1);
}
