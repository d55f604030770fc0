/** The HTTP API and its one function. */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { CfnOutput, RemovalPolicy, SecretValue, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { metricsNamespace } from '../alarms.ts';
import { bucketStatements, tableStatements } from '../constructs/function-statements.ts';
import { HttpFront } from '../constructs/http-front.ts';
import { Identity } from '../constructs/identity.ts';
import { MailReturns } from '../constructs/mail-returns.ts';
import { ProductFunction } from '../constructs/product-function.ts';
import { allow } from '../constructs/statements.ts';
import { tableKeyStatements, type TableKeys } from '../constructs/table-keys.ts';
import { uploadKeyStatement } from '../constructs/upload-bucket.ts';
import { StaffRoles } from '../constructs/staff-roles.ts';
import { FunctionSchedule } from '../constructs/function-schedule.ts';
import { apiFunction, bouncesFunction, dayMs, staffFunction, upkeepFunction } from '../functions.ts';
import { namesOf, type Names } from '../names.ts';
import type { Packages } from '../package.ts';
import { appOriginOf, returnUrlOf, type Settings } from '../settings.ts';
import { sourceHeader } from '../web-headers.ts';

export interface ApiStackProps extends StackProps {
  readonly settings: Settings;
  readonly packages: Packages;
  /** Pinned: a function that finds another model does not start. */
  readonly modelDigest: string;
  readonly tableKeys: TableKeys;
  readonly uploadKey: Key;
}

export class ApiStack extends Stack {
  /**
   * What the app's distribution sends as header `x-onceover-origin` with each request to `url`; the function answers
   * nobody else. Undefined without a domain.
   */
  readonly originSecret: Secret | undefined;
  /** The API's own address. */
  readonly url: string;
  readonly httpApiId: string;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    const { settings, packages, modelDigest, tableKeys, uploadKey, ...stackProps } = props;
    super(scope, id, stackProps);
    const names = namesOf(this, settings);
    const { issuer, domain } = settings;
    const identity =
      issuer.kind === 'cognito'
        ? new Identity(this, 'Identity', { name: names.tablePrefix.slice(0, -1), settings })
        : { variables: localIssuer(issuer), statements: [], upkeepVariables: {}, upkeepStatements: [] };
    const closing = domain === undefined ? undefined : originSecret(this);
    this.originSecret = closing;
    const mail = { IDENTITY_KEY: identityKey(this), MAIL_FROM: settings.mailFrom };
    const api = new ProductFunction(this, 'Api', {
      definition: apiFunction,
      names,
      settings,
      packageDir: packages.api,
      variables: {
        TABLE_PREFIX: names.tablePrefix,
        UPLOAD_BUCKET: names.uploadBucket,
        METRICS_NAMESPACE: metricsNamespace(settings),
        ...identity.variables,
        REQUEST_HASH_KEY: requestHashKey(this),
        MODEL: settings.model,
        MODEL_DIGEST: modelDigest,
        ...mail,
        ...contactVariables(settings),
        ...(closing === undefined
          ? {}
          : { ORIGIN_SECRET: closing.secretValue.unsafeUnwrap(), SOURCE_HEADER: sourceHeader }),
        ...appVariables(settings),
        ...stripeKey(settings),
        ...checkoutVariables(settings),
      },
      statements: [
        ...bucketStatements(apiFunction, names),
        ...tableStatements(apiFunction.name, names),
        ...tableKeyStatements(this, apiFunction.name, tableKeys),
        uploadKeyStatement(this, 'kms:GenerateDataKey', names, uploadKey),
        mailStatement(this, settings),
        ...identity.statements,
      ],
    });
    const front = new HttpFront(this, 'Front', {
      name: names.functionName('api'),
      fn: api.fn,
      timeoutMs: apiFunction.timeoutMs,
      settings,
    });
    this.url = front.url;
    this.httpApiId = front.apiId;
    new CfnOutput(this, 'Url', { value: front.url });
    this.addStaff(props, names, mail);
    this.addReturns(props, names, mail.IDENTITY_KEY);
    this.addUpkeep(props, names, mail, identity);
  }

  /** What staff may do (CAL-12), and the roles that may ask for it: nobody else, and nothing else. */
  private addStaff(props: ApiStackProps, names: Names, mail: Readonly<Record<string, string>>): void {
    const { settings, packages, tableKeys } = props;
    new ProductFunction(this, 'Staff', {
      definition: staffFunction,
      names,
      settings,
      packageDir: packages.staff,
      variables: {
        TABLE_PREFIX: names.tablePrefix,
        STAFF_ROLE_PREFIX: names.staffRolePrefix,
        ...mail,
        ...stripeKey(settings),
      },
      statements: [
        ...tableStatements(staffFunction.name, names),
        ...tableKeyStatements(this, staffFunction.name, tableKeys),
        mailStatement(this, settings),
      ],
    });
    new StaffRoles(this, 'StaffRoles', { policy: settings.policy, names });
  }

  /** Mail that came back stops mail to its address. */
  private addReturns(props: ApiStackProps, names: Names, identity: string): void {
    const { settings, packages, tableKeys } = props;
    const bounces = new ProductFunction(this, 'Bounces', {
      definition: bouncesFunction,
      names,
      settings,
      packageDir: packages.bounces,
      variables: { TABLE_PREFIX: names.tablePrefix, IDENTITY_KEY: identity },
      statements: [
        ...tableStatements(bouncesFunction.name, names),
        ...tableKeyStatements(this, bouncesFunction.name, tableKeys),
      ],
    });
    const returns = new MailReturns(this, 'Returns', {
      topicName: names.functionName('bounces'),
      fn: bounces.fn,
    });
    new CfnOutput(this, 'MailReturns', { value: returns.topicArn });
  }

  /** What is done by the clock. */
  private addUpkeep(
    { settings, packages, tableKeys }: ApiStackProps,
    names: Names,
    mail: Readonly<Record<string, string>>,
    { upkeepVariables, upkeepStatements }: Pick<Identity, 'upkeepVariables' | 'upkeepStatements'>,
  ): void {
    const upkeep = new ProductFunction(this, 'Upkeep', {
      definition: upkeepFunction,
      names,
      settings,
      packageDir: packages.upkeep,
      variables: {
        TABLE_PREFIX: names.tablePrefix,
        UPLOAD_BUCKET: names.uploadBucket,
        METRICS_NAMESPACE: metricsNamespace(settings),
        ...mail,
        ...stripeKey(settings),
        ...upkeepVariables,
      },
      statements: [
        ...bucketStatements(upkeepFunction, names),
        ...upkeepStatements,
        ...tableStatements(upkeepFunction.name, names),
        ...tableKeyStatements(this, upkeepFunction.name, tableKeys),
        suppressionStatement(),
        mailStatement(this, settings),
      ],
      whyNameless:
        'CAL-6: SES keeps one list of addresses that came back for the whole account, and names no resource for taking one off.',
    });
    for (const task of upkeepFunction.tasks ?? []) {
      new FunctionSchedule(this, `Upkeep${task.task}`, {
        names,
        fn: upkeep.fn,
        definition: upkeepFunction,
        task,
        // What goes through everything, when few people scan; in UTC.
        ...(task.everyMs === dayMs ? { expression: 'cron(20 3 * * ? *)' } : {}),
      });
    }
  }
}

/** Mail leaves from one address, which SES knows by its domain or, where somebody verified it too, by itself. */
function mailStatement(scope: Construct, { mailFrom }: Settings): PolicyStatement {
  return allow({
    sid: 'Mail',
    actions: ['ses:SendEmail'],
    resources: [mailFrom.slice(mailFrom.indexOf('@') + 1), mailFrom].map((resourceName) =>
      Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName }),
    ),
    conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },
  });
}

/** SES keeps one list for the whole account, and names no resource for it. */
function suppressionStatement(): PolicyStatement {
  return allow({
    sid: 'Suppressions',
    actions: ['ses:DeleteSuppressedDestination'],
    resources: ['*'],
  });
}

/** A reference in the template, resolved when CloudFormation sets the variable: no function reads secrets. */
function stripeKey({ stripe }: Settings): Record<string, string> {
  return stripe === undefined ? {} : { STRIPE_SECRET_KEY: secretNamed(stripe.secretKeyName) };
}

function checkoutVariables(settings: Settings): Record<string, string> {
  const { stripe } = settings;
  const page = returnUrlOf(settings);
  if (stripe === undefined || page === undefined) return {};
  const returnTo = (how: string): string => {
    const url = new URL(page);
    url.searchParams.set('checkout', how);
    return url.href;
  };
  return {
    STRIPE_WEBHOOK_SECRET: secretNamed(stripe.webhookSecretName),
    STRIPE_TAX: stripe.tax,
    CHECKOUT_SUCCESS_URL: returnTo('paid'),
    CHECKOUT_CANCEL_URL: returnTo('cancelled'),
  };
}

function appVariables(settings: Settings): Record<string, string> {
  const origin = appOriginOf(settings);
  return origin === undefined ? {} : { APP_ORIGIN: origin };
}

function secretNamed(name: string): string {
  return SecretValue.secretsManager(name).unsafeUnwrap();
}

function contactVariables({ contacts }: Settings): Record<string, string> {
  const { support, privacy, security } = contacts;
  return {
    ...(support === undefined ? {} : { CONTACT_SUPPORT: support }),
    ...(privacy === undefined ? {} : { CONTACT_PRIVACY: privacy }),
    ...(security === undefined ? {} : { CONTACT_SECURITY: security }),
  };
}

/** A secret that AWS makes and nobody types; `unrotated` says why it is not replaced by itself. */
function madeSecret(scope: Construct, id: string, description: string, unrotated: string): Secret {
  const secret = new Secret(scope, id, {
    description,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(secret).acknowledge({ id: 'AwsSolutions::AwsSolutions-SMG4', reason: unrotated });
  return secret;
}

/**
 * The key of the hashes that addresses and sources are stored as. Replaced, every counter starts anew and mail goes
 * again to addresses that it came back from.
 */
function identityKey(scope: Construct): string {
  const secret = madeSecret(
    scope,
    'IdentityKey',
    'Keys the hashes of addresses and sources',
    'A stored hash cannot be made again under another key: a rotation would forget who is suppressed.',
  );
  return secret.secretValue.unsafeUnwrap();
}

/** What the API asks of an issuer on this machine; emulators only, the settings see to it. */
function localIssuer(issuer: Extract<Settings['issuer'], { kind: 'local' }>): Record<string, string> {
  const { url, audience, jwksUrl, signingKey } = issuer;
  return {
    ISSUER: url,
    AUDIENCE: audience,
    JWKS_URL: jwksUrl,
    ...(signingKey === undefined ? {} : { SESSION_KEY: signingKey }),
  };
}

/** Shared with the distribution; made by AWS, known to nobody. */
function originSecret(scope: Construct): Secret {
  const secret = madeSecret(
    scope,
    'OriginSecret',
    'Proves that a request came through the app’s own address',
    'It opens nothing but the way around the distribution, behind which every request is still verified; a rotation by itself would shut the app out between its two sides.',
  );
  return secret;
}

/**
 * The key of the hashes that tell a retry from another request. Made by AWS and set by CloudFormation, so that nobody
 * types it and no function needs a right to read secrets.
 */
function requestHashKey(scope: Construct): string {
  const secret = madeSecret(
    scope,
    'RequestHashKey',
    'Keys the hashes of requests, which live for 24 h',
    'A hash lives for 24 h and the key protects nothing after; a rotation in between would refuse honest retries with 409.',
  );
  // In the template it is a reference, resolved when CloudFormation sets the function's variables.
  return secret.secretValue.unsafeUnwrap();
}
