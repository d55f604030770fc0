/**
 * The bucket that holds a photo for seconds, with its key and its policy. Storage tells the analysis function of each
 * object by a notification declared on the bucket itself. Nothing that could keep, copy or list an object for later is
 * on it: no versions, replicas, locks, access logs, inventory or metadata tables (CAL-1, ONE-6).
 */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { RemovalPolicy, Stack, Validations, type CfnResource } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  PolicyDocument,
  type PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { protocol } from '../../core/scan.ts';
import type { Names } from '../names.ts';
import { uploadOriginsOf, type Settings } from '../settings.ts';
import { OwnKey } from './own-key.ts';
import { allow, deny } from './statements.ts';

export interface UploadBucketProps {
  readonly names: Names;
  readonly settings: Settings;
}

export class UploadBucket extends Construct {
  readonly key: Key;
  readonly #bucket: CfnBucket;

  constructor(scope: Construct, id: string, { names, settings }: UploadBucketProps) {
    super(scope, id);
    this.key = new OwnKey(this, 'Key', {
      alias: `onceover-${settings.environment}-uploads`,
      description: 'Uploaded photos: written by whoever holds an upload address, read by the analysis alone',
      use: keyUse(this, names),
      retain: false,
    }).key;
    this.#bucket = new CfnBucket(this, 'Bucket', {
      bucketName: names.uploadBucket,
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          {
            serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.keyArn },
            // Without it each use of the key logs the object's name for 90 days (ONE-6).
            bucketKeyEnabled: true,
          },
        ],
      },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      corsConfiguration: {
        corsRules: [
          {
            allowedMethods: ['PUT'],
            allowedOrigins: [...uploadOriginsOf(settings)],
            allowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
          },
        ],
      },
      // The last net and no part of the promise: lifecycle works in whole days.
      lifecycleConfiguration: {
        rules: [
          {
            id: 'last-net',
            status: 'Enabled',
            expirationInDays: 1,
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
    });
    // Empty but for seconds; a deletion that finds an object in it fails, as it should.
    this.#bucket.applyRemovalPolicy(RemovalPolicy.DESTROY);
    Validations.of(this.#bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'ONE-6: an access log would keep the address of each uploader beside the key of the photo.',
    });
    new CfnBucketPolicy(this, 'Policy', {
      bucket: this.#bucket.ref,
      policyDocument: new PolicyDocument({ statements: denials(names, this.#bucket.attrArn, settings) }),
    });
  }

  /** Sends each new object's event to a function that storage may already invoke. */
  notify(functionArn: string, permission: CfnResource): void {
    this.#bucket.notificationConfiguration = {
      lambdaConfigurations: [{ event: 's3:ObjectCreated:*', function: functionArn }],
    };
    this.#bucket.addResourceDependency(permission);
  }
}

type KeyAction = 'kms:Decrypt' | 'kms:GenerateDataKey';

/** A role's half of the right to use the key; the key's own policy names the role too. */
export function uploadKeyStatement(
  scope: Construct,
  action: KeyAction,
  names: Names,
  key: Key,
): PolicyStatement {
  return allow({
    sid: 'UploadKey',
    actions: [action],
    resources: [key.keyArn],
    conditions: { StringEquals: throughStorage(scope, names) },
  });
}

/**
 * The key's half. The principal is the account and the condition names the role, because a key's policy cannot name a
 * role that is made after it.
 */
function keyUse(scope: Construct, names: Names): PolicyStatement[] {
  const use = (sid: string, action: KeyAction, principalArns: string | readonly string[]): PolicyStatement =>
    allow({
      sid,
      principals: [new AccountRootPrincipal()],
      actions: [action],
      resources: ['*'],
      conditions: {
        ArnEquals: { 'aws:PrincipalArn': principalArns },
        StringEquals: throughStorage(scope, names),
      },
    });
  return [
    use('AnalyzeReads', 'kms:Decrypt', names.principalArns('analyze')),
    use('ApiSignsUploads', 'kms:GenerateDataKey', names.principalArns('api')),
  ];
}

/** Through S3, for this bucket: with a Bucket Key the context is the bucket's ARN. */
function throughStorage(scope: Construct, names: Names): Record<string, string> {
  return {
    'kms:ViaService': `s3.${Stack.of(scope).region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': names.uploadBucketArn,
  };
}

/** What nobody may do, whatever a role says. */
function denials(names: Names, bucket: string, { emulatorSwitches }: Settings): PolicyStatement[] {
  const objects = `${bucket}/*`;
  const principals = [new AnyPrincipal()];
  return [
    deny({
      sid: 'NoPlainHttp',
      principals,
      actions: ['s3:*'],
      resources: [bucket, objects],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    deny({
      sid: 'OneReader',
      principals,
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [objects],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': names.principalArns('analyze') } },
    }),
    // An emulator that does not know the condition's key would deny every upload.
    ...(emulatorSwitches.includes('without-overwrite-denial') ? [] : [noOverwrite(objects)]),
    // Only writing: a deletion must never fail because a function's clock is wrong.
    deny({
      sid: 'NoOldSignature',
      principals,
      actions: ['s3:PutObject'],
      resources: [objects],
      conditions: { NumericGreaterThan: { 's3:signatureAge': String(protocol.uploadMs) } },
    }),
    deny({
      sid: 'NoCustomerKey',
      principals,
      actions: ['s3:PutObject'],
      resources: [objects],
      conditions: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } },
    }),
    deny({
      sid: 'NothingKept',
      principals,
      actions: [
        's3:PutBucketVersioning',
        's3:PutReplicationConfiguration',
        's3:PutBucketObjectLockConfiguration',
        's3:PutObjectRetention',
        's3:PutObjectLegalHold',
        's3:ReplicateObject',
      ],
      resources: [bucket, objects],
    }),
  ];
}

function noOverwrite(objects: string): PolicyStatement {
  return deny({
    sid: 'NoOverwrite',
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [objects],
    conditions: { Null: { 's3:if-none-match': 'true' } },
  });
}
