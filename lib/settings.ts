/**
 * What one environment's deployment may choose, checked on arrival: a closed schema, then rules that span
 * settings. Whatever would break a promise is refused here, by the promise's id; whatever weakens one says so.
 * No CDK, no I/O: an environment is data.
 */
import { z } from 'zod';
import { policySchema } from '../core/policy.ts';
import { dataClasses } from '../core/tables.ts';

/** Lambda's names of the two architectures that there are packages for. */
export const architectures = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];

/**
 * What an emulator may lack and an environment for it may therefore leave out: the promise that falls, and the types of
 * resources of which none is deployed then. A test compares the latter with the templates.
 */
export const emulatorSwitches = {
  'without-isolation': {
    promise: 'ONE-4',
    falls: 'the analysis function would have a route to the internet',
    leavesOut: [
      'AWS::EC2::RouteTable',
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::Subnet',
      'AWS::EC2::SubnetRouteTableAssociation',
      'AWS::EC2::VPC',
      'AWS::EC2::VPCEndpoint',
    ],
  },
  'without-alarms': {
    promise: 'ONE-1',
    falls: 'nobody would be told that photos live too long or that the cleaner is dead',
    leavesOut: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard'],
  },
  'without-metric-math': {
    promise: 'ONE-1',
    falls: 'nobody would be told of rates and sums: failed scans, throttled functions',
    leavesOut: [],
  },
  'without-overwrite-denial': {
    promise: 'CAL-1',
    falls:
      'a privileged uploader could replace a photo that waits for its analysis (upload addresses still cannot)',
    leavesOut: [],
  },
} as const satisfies Record<
  string,
  { readonly promise: string; readonly falls: string; readonly leavesOut: readonly string[] }
>;
export type EmulatorSwitch = keyof typeof emulatorSwitches;

const memoryMb = z.int().min(256).max(10_240);
const logRetentionDays = z.literal([1, 3, 5, 7, 14, 30, 60, 90], {
  error: 'logs must end within 90 days. Choose 1, 3, 5, 7, 14, 30, 60 or 90',
});

/** Promises that fall with a value that the schema refuses, by the path it begins with. */
const promisesOfShape: Readonly<Record<string, string>> = {
  logRetentionDays: 'ONE-6',
  backedUp: 'CAL-6',
  'policy.adultAge': 'CAL-7',
};

export const settingsSchema = z.strictObject({
  /** Part of every physical name: `onceover-NAME-…`. */
  environment: z.string().regex(/^[a-z][a-z0-9-]{1,15}$/),
  kind: z.enum(['production', 'development', 'emulator']),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/),
  policy: policySchema,
  architecture: z.enum(architectures),
  /** 1,769 MB buys one vCPU; analyze uses as many threads as whole vCPUs. */
  memoryMb: z.strictObject({
    analyze: memoryMb,
    sweep: memoryMb,
    api: memoryMb,
    staff: memoryMb,
    bounces: memoryMb,
    upkeep: memoryMb,
  }),
  logRetentionDays,
  /** Off where the account's concurrency is 10: any reservation then fails the deployment. */
  reservedConcurrency: z.boolean(),
  /** Of tables and stacks. */
  deletionProtection: z.boolean(),
  /** One key of ours for each data class, a fixed dollar a month each; otherwise DynamoDB's own. */
  ownTableKeys: z.boolean(),
  /** Data classes whose tables keep point-in-time backups; the policy says which may. */
  backedUp: z.array(z.enum(dataClasses)),
  /** Sender of mail, sign-in codes among it: an address at a domain that is verified in SES. */
  mailFrom: z.email(),
  /** Who answers for what is done with the data (GDPR Art. 13, 30); left out, the record says that it is missing. */
  controller: z
    .strictObject({
      name: z.string().min(2),
      /** Postal address, in one line. */
      address: z.string().min(5),
      /** In the EU, of a controller who is not established there. */
      representative: z.string().min(5).optional(),
    })
    .optional(),
  /** Where people reach whom, `mailto:` or `https:`, by the policy's roles; left out, nobody is named. */
  contacts: z.strictObject({
    support: z.url().optional(),
    privacy: z.url().optional(),
    security: z.url().optional(),
  }),
  /**
   * Taking money; left out, nothing can be bought. The secrets are names in Secrets Manager, made by a person before the
   * deployment: their values never pass through here.
   */
  stripe: z
    .strictObject({
      /** Holds a restricted key: write checkouts, payment intents and refunds, read charges and disputes. */
      secretKeyName: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
      /** Holds the signing secret of the webhook endpoint; two, separated by a space, while it is replaced. */
      webhookSecretName: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
      /** `automatic`: Stripe works out the tax that is in each price, and asks for a country. */
      tax: z.enum(['none', 'automatic']),
      /**
       * Where an app elsewhere shows what was bought: people come back there from paying, and from not paying. Default:
       * the app's own page at `domain`.
       */
      returnUrl: z.url().optional(),
    })
    .optional(),
  /** Who signs tokens: a user pool that the API's stack makes, or (emulators only) a key on this machine. */
  issuer: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cognito') }),
    z.strictObject({
      kind: z.literal('local'),
      url: z.string().min(1),
      audience: z.string().min(1),
      jwksUrl: z.url(),
      /** Private key (JWK) of sessions. Default: none, and the API does not start. */
      signingKey: z.string().min(1).optional(),
    }),
  ]),
  /**
   * Where people open the app. Its distribution serves the app's files and passes `/v1/*` on with a secret header; the
   * API's own address then answers nobody. Default: none; no app is deployed, and the API's own address answers everybody.
   */
  domain: z
    .strictObject({
      name: z.string().regex(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/),
      /** Of that name, in us-east-1 wherever the rest is: CloudFront looks there. */
      certificateArn: z.string().regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]{36}$/),
      /** A firewall of AWS WAF, made for CloudFront. Default: none; the API throttles and validates by itself. */
      webAclArn: z
        .string()
        .regex(/^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[0-9a-f-]{36}$/)
        .optional(),
    })
    .optional(),
  /** Who is told by e-mail when an alarm goes off. Default: nobody, and the alarms are only seen by who looks. */
  alarmAddress: z.email().optional(),
  /** Pages that may upload from a browser, beside the app's own at `domain`. */
  uploadOrigins: z.array(z.url()),
  /** Requests a second that the API takes, and how many at once. */
  apiThrottle: z.strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() }),
  /**
   * Share of scans, in percent, that the model may answer with "cannot tell"; an alarm says when an hour's scans leave
   * it. From the model's evaluation and its first week.
   */
  inconclusivePercent: z
    .strictObject({ from: z.number().min(0).max(100), to: z.number().min(0).max(100) })
    .refine(({ from, to }) => from < to, { error: 'from must be below to' }),
  /**
   * A new version of the analysis begins with a share of the photos, the previous version (its number) has the rest.
   * Default: the new version has all.
   */
  rollout: z
    .strictObject({
      previousVersion: z.string().regex(/^[1-9]\d*$/),
      newShare: z.number().gt(0).lt(1),
    })
    .optional(),
  /** A folder of `models/`. */
  model: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Empty but in environments for an emulator. */
  emulatorSwitches: z.array(
    z.enum(['without-isolation', 'without-alarms', 'without-metric-math', 'without-overwrite-denial']),
  ),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
/** A settings file before it is parsed. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** A setting that cannot be used, or that weakens or breaks a promise. */
export interface SettingsRemark {
  /** Undefined for a mistake of writing alone. */
  readonly promise?: string;
  /** What was given, what becomes of the promise, what to change. */
  readonly message: string;
}

/** Settings that must not be deployed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'settings-refused';
  readonly remarks: readonly SettingsRemark[];

  constructor(environment: string, remarks: readonly SettingsRemark[]) {
    const lines = remarks.map(({ promise, message }) => `  ${promise ?? 'settings'}: ${message}`);
    super(`The settings of "${environment}" are refused:\n${lines.join('\n')}`);
    this.remarks = remarks;
  }
}

/** Parses a settings file; throws a SettingsError for its shape and for a promise it breaks. */
export function parseSettings(input: unknown): Settings {
  const parsed = settingsSchema.safeParse(input);
  if (!parsed.success) {
    const name = valueAt(input, ['environment']);
    throw new SettingsError(
      typeof name === 'string' ? name : 'an environment without a name',
      parsed.error.issues.map((issue) => shapeRemark(issue, input)),
    );
  }
  const settings = parsed.data;
  const broken = breaches(settings);
  if (broken.length > 0) throw new SettingsError(settings.environment, broken);
  return settings;
}

function shapeRemark({ path, message, code }: z.core.$ZodIssue, input: unknown): SettingsRemark {
  const where = path.join('.');
  const promise = Object.entries(promisesOfShape).find(([start]) => `${where}.`.startsWith(`${start}.`))?.[1];
  const given = code === 'unrecognized_keys' ? '' : ` is ${JSON.stringify(valueAt(input, path))}`;
  return {
    ...(promise === undefined ? {} : { promise }),
    message: `${where}${given}: ${message}.`.replace(/^: /, ''),
  };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** Promises that the settings break; none may be left. */
export function breaches(settings: Settings): readonly SettingsRemark[] {
  return [
    ...switchBreaches(settings),
    ...issuerBreaches(settings),
    ...stripeBreaches(settings),
    ...originBreaches(settings),
    ...classBreaches(settings),
  ];
}

function switchBreaches({ kind, emulatorSwitches: given }: Settings): SettingsRemark[] {
  if (kind === 'emulator') return [];
  return given.map((name) => ({
    promise: emulatorSwitches[name].promise,
    message: `emulatorSwitches has "${name}" in a ${kind} environment: ${emulatorSwitches[name].falls}. Remove it.`,
  }));
}

function issuerBreaches({ kind, issuer }: Settings): SettingsRemark[] {
  if (issuer.kind === 'cognito') return [];
  const remarks: SettingsRemark[] = [];
  if (kind !== 'emulator') {
    remarks.push({
      promise: 'CAL-12',
      message: `issuer.kind is "local" in a ${kind} environment: ${localIssuerFalls}. Use "cognito".`,
    });
  }
  const { protocol, hostname } = new URL(issuer.jwksUrl);
  if (protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) {
    remarks.push({
      promise: 'ALY-8',
      message: `issuer.jwksUrl is ${issuer.jwksUrl}: tokens would be checked against keys fetched in clear. Use https.`,
    });
  }
  return remarks;
}

const localIssuerFalls =
  'tokens are signed by a key that any developer has, so anybody could read anybody’s results';

function stripeBreaches(settings: Settings): SettingsRemark[] {
  if (settings.stripe === undefined) return [];
  const url = returnUrlOf(settings);
  if (url === undefined) {
    return [
      {
        promise: 'CAL-8',
        message:
          'stripe has no returnUrl and there is no domain: whoever paid would come back nowhere. Set one of both.',
      },
    ];
  }
  if (settings.kind !== 'production' || new URL(url).protocol === 'https:') return [];
  return [
    {
      promise: 'ALY-8',
      message: `stripe.returnUrl is ${url}: people would come back from paying in clear. Use https.`,
    },
  ];
}

/** The app's own origin; undefined where no app is deployed. */
export function appOriginOf({ domain }: Pick<Settings, 'domain'>): string | undefined {
  return domain === undefined ? undefined : `https://${domain.name}`;
}

/** Every page that may upload from a browser. */
export function uploadOriginsOf(settings: Settings): readonly string[] {
  const app = appOriginOf(settings);
  return [...settings.uploadOrigins, ...(app === undefined ? [] : [app])];
}

/** Where people come back to from paying; undefined where there is nowhere. */
export function returnUrlOf(settings: Settings): string | undefined {
  const app = appOriginOf(settings);
  return settings.stripe?.returnUrl ?? (app === undefined ? undefined : `${app}/account/purchases`);
}

function originBreaches({ kind, uploadOrigins }: Settings): SettingsRemark[] {
  const inClear =
    kind === 'production' ? uploadOrigins.filter((one) => new URL(one).protocol !== 'https:') : [];
  return [
    ...uploadOrigins
      .filter((origin) => origin.includes('*') || new URL(origin).origin !== origin)
      .map((origin) => ({
        promise: 'ONE-4',
        message: `uploadOrigins has ${origin}: each must be one page’s origin, as browsers send it. Write https://HOST, without a path and without *.`,
      })),
    ...inClear.map((origin) => ({
      promise: 'ALY-8',
      message: `uploadOrigins has ${origin}: a page read in clear could be changed on its way. Use https.`,
    })),
  ];
}

function classBreaches({ policy, region, backedUp }: Settings): SettingsRemark[] {
  const remarks: SettingsRemark[] = [];
  for (const { dataClass, regions } of policy.dataClasses) {
    if (regions !== 'any' && !regions.includes(region)) {
      remarks.push({
        promise: 'ALY-4',
        message: `region is ${region}, and the policy stores class ${dataClass} in ${regions.join(' or ')} only. Change the region.`,
      });
    }
  }
  for (const dataClass of backedUp) {
    if (!isAboutPeople(policy, dataClass)) continue;
    remarks.push({
      promise: 'CAL-6',
      message: `backedUp has "${dataClass}": a deleted account would live on in backups for 35 days. Remove it.`,
    });
  }
  return remarks;
}

/** Whether a class holds items of persons: then the person is among those who read it. */
export function isAboutPeople(policy: Settings['policy'], dataClass: string): boolean {
  return policy.dataClasses.some((one) => one.dataClass === dataClass && one.readers.includes('person'));
}

/** Promises that hold less firmly with these settings; printed at every synth. */
export function weakened(settings: Settings): readonly SettingsRemark[] {
  const remarks: SettingsRemark[] = settings.emulatorSwitches.map((name) => ({
    promise: emulatorSwitches[name].promise,
    message: `not kept here, "${name}" is on: ${emulatorSwitches[name].falls}.`,
  }));
  if (!settings.reservedConcurrency) {
    remarks.push({
      promise: 'ONE-1',
      message:
        'reservedConcurrency is off: a burst of API requests can use up the account’s concurrency, and analysis and the sweep then wait. Raise the account’s quota, then turn it on.',
    });
  }
  if (settings.stripe === undefined) {
    remarks.push({
      promise: 'CAL-8',
      message:
        'stripe is left out: nobody can buy a pack, and POST /v1/checkout answers payments-unavailable. Name the two secrets.',
    });
  }
  if (settings.kind === 'production' && !settings.deletionProtection) {
    remarks.push({
      promise: 'CAL-3',
      message:
        'deletionProtection is off: one command could take down the tables with everybody’s history and what they bought. Turn it on.',
    });
  }
  if (settings.kind === 'production' && settings.domain === undefined) {
    remarks.push({
      promise: 'CAL-18',
      message: 'domain is left out: no app is deployed, and the API answers at its own address.',
    });
  }
  if (settings.issuer.kind === 'local') {
    remarks.push({
      promise: 'CAL-12',
      message: `not kept here, issuer.kind is "local": ${localIssuerFalls}.`,
    });
  }
  if (settings.kind !== 'emulator' && settings.alarmAddress === undefined) {
    remarks.push({
      promise: 'ONE-1',
      message: 'alarmAddress is not set: alarms go off and nobody is told. Set an address that is read.',
    });
  }
  for (const [name, given] of addressesOf(settings)) {
    if (settings.kind === 'emulator' || !/\binvalid$/.test(given)) continue;
    remarks.push({
      promise: 'CAL-5',
      message: `${name} is ${given}, which cannot exist: replace it before people use this environment.`,
    });
  }
  return remarks;
}

/** Addresses that a person must fill in, each with its setting's name. */
function addressesOf({ domain, alarmAddress, mailFrom, uploadOrigins }: Settings) {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['domain.name', domain?.name],
    ['alarmAddress', alarmAddress],
    ['mailFrom', mailFrom],
    ...uploadOrigins.map((origin) => ['uploadOrigins', origin] as const),
  ];
  return named.flatMap(([name, given]) => (given === undefined ? [] : [[name, given] as const]));
}

/** vCPUs that memory buys, as whole threads, at least one. */
export function vcpusOf(megabytes: number): number {
  return Math.max(1, Math.floor(megabytes / 1769));
}
