/**
 * A key of ours whose policy says who may use it for what. Administrators of the account can manage it and delete it,
 * and cannot decrypt with it: use is granted by the statements that are handed in, and by nothing else.
 */
import { Duration, ReferenceStrength, RemovalPolicy } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { allow } from './statements.ts';

export interface OwnKeyProps {
  /** Without `alias/`. */
  readonly alias: string;
  readonly description: string;
  /** Who may use it; principals included. */
  readonly use: readonly PolicyStatement[];
  /** Kept when its stack goes, as long as something encrypted with it may be left. */
  readonly retain: boolean;
}

const administration = [
  'CancelKeyDeletion',
  'CreateAlias',
  'DeleteAlias',
  'DescribeKey',
  'DisableKey',
  'DisableKeyRotation',
  'EnableKey',
  'EnableKeyRotation',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'ListGrants',
  'ListKeyPolicies',
  'ListKeyRotations',
  'ListResourceTags',
  'PutKeyPolicy',
  'RevokeGrant',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateKeyDescription',
];

/** A symmetric key, rotated every year. */
export class OwnKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: OwnKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: props.alias,
      description: props.description,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      policy: new PolicyDocument({
        statements: [
          allow({
            sid: 'Administration',
            principals: [new AccountRootPrincipal()],
            actions: administration.map((action) => `kms:${action}`),
            // In a key's policy, `*` is this key.
            resources: ['*'],
          }),
          ...props.use,
        ],
      }),
    });
    // An export: a key that a role of another stack names cannot be taken away, and emulators know exports.
    this.key.applyCrossStackReferenceStrength(ReferenceStrength.STRONG);
  }
}
