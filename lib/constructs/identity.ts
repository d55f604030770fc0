/**
 * Who may sign in on AWS: a user pool of e-mail addresses without passwords, and the one client, with a secret, that
 * the API function alone uses. Nobody signs up or signs in past the API: only an administrator's call creates a user,
 * and the client takes no flow that a browser could start alone (CAL-5, CAL-12).
 */
import { Stack, Validations } from 'aws-cdk-lib';
import { CfnUserPool, CfnUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { signIn } from '../../core/session.ts';
import { upkeepUserPoolActions, userPoolActions } from '../rights.ts';
import type { Settings } from '../settings.ts';
import { allow } from './statements.ts';

export interface IdentityProps {
  readonly name: string;
  readonly settings: Settings;
}

/** Minutes that an access token lives; the API refuses longer ones. */
const accessTokenMinutes = 5;
const refreshTokenDays = 30;

export class Identity extends Construct {
  /** What tells the API whom to believe and whom to ask. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the API may do with the pool. */
  readonly statements: readonly PolicyStatement[];
  /** What tells upkeep which pool it is. */
  readonly upkeepVariables: Readonly<Record<string, string>>;
  /** What upkeep may do with it. */
  readonly upkeepStatements: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, { name, settings }: IdentityProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    const pool = new CfnUserPool(this, 'Pool', {
      userPoolName: name,
      userPoolTier: 'ESSENTIALS',
      usernameAttributes: ['email'],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ['email'],
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      policies: {
        // Cognito insists on PASSWORD in the list; no user ever gets one, so none can be used.
        signInPolicy: { allowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] },
        passwordPolicy: {
          minimumLength: 99,
          requireLowercase: true,
          requireNumbers: true,
          requireSymbols: true,
          requireUppercase: true,
        },
      },
      mfaConfiguration: 'OFF',
      // A wrong address cannot be recovered, and so cannot be taken over.
      accountRecoverySetting: { recoveryMechanisms: [{ name: 'admin_only', priority: 1 }] },
      deletionProtection: settings.deletionProtection ? 'ACTIVE' : 'INACTIVE',
      ...sender(this, settings),
    });
    acknowledge(pool);
    const client = new CfnUserPoolClient(this, 'Client', {
      userPoolId: pool.ref,
      clientName: name,
      generateSecret: true,
      explicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
      accessTokenValidity: accessTokenMinutes,
      idTokenValidity: accessTokenMinutes,
      refreshTokenValidity: refreshTokenDays,
      // A code is good for as long as Cognito waits for its answer: three minutes, if nothing is said.
      authSessionValidity: signIn.codeMs / 60_000,
      tokenValidityUnits: { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'days' },
      readAttributes: ['email', 'email_verified'],
      writeAttributes: ['email'],
      supportedIdentityProviders: ['COGNITO'],
    });
    const url = `https://cognito-idp.${region}.amazonaws.com/${pool.ref}`;
    this.variables = {
      ISSUER: url,
      AUDIENCE: client.ref,
      JWKS_URL: `${url}/.well-known/jwks.json`,
      COGNITO_USER_POOL_ID: pool.ref,
      COGNITO_CLIENT_ID: client.ref,
    };
    this.upkeepVariables = { COGNITO_USER_POOL_ID: pool.ref };
    const allowed = (actions: readonly string[]): readonly PolicyStatement[] => [
      allow({
        sid: 'UserPool',
        actions: actions.map((action) => `cognito-idp:${action}`),
        resources: [pool.attrArn],
      }),
    ];
    this.statements = allowed(userPoolActions);
    this.upkeepStatements = allowed(upkeepUserPoolActions);
  }
}

/**
 * Mail through SES, since Cognito's own sender stops after some tens a day. A placeholder is verified nowhere, and the
 * pool could not be made with it: until there is an address, Cognito sends.
 */
function sender(scope: Construct, { mailFrom }: Settings) {
  if (mailFrom.endsWith('.invalid')) return {};
  const resourceName = mailFrom.slice(mailFrom.indexOf('@') + 1);
  return {
    emailConfiguration: {
      emailSendingAccount: 'DEVELOPER',
      from: mailFrom,
      sourceArn: Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName }),
    },
  };
}

function acknowledge(pool: CfnUserPool): void {
  const why: Readonly<Record<string, string>> = {
    'AwsSolutions-COG2':
      'CAL-5: sign-in is a code by e-mail, without a password; a second factor would ask for more about a person than an address.',
    'AwsSolutions-COG8':
      'The Plus plan watches addresses and devices of people who sign in, which CAL-9 does not want; codes are limited by the API.',
  };
  for (const [id, reason] of Object.entries(why)) {
    Validations.of(pool).acknowledge({ id: `AwsSolutions::${id}`, reason });
  }
}
