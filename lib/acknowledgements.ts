/**
 * Findings of cdk-nag's packs that stand, resource type by resource type, each with why. Where a pack asks for what a
 * promise forbids, the reason begins with the promise's id. What is not listed fails the synth; docs/compliance.md shows
 * the list with the resources it is used for. Rules of AwsSolutions are acknowledged beside what they are about.
 */
import { CfnResource, Validations, type App } from 'aws-cdk-lib';

/** A pack's name, as its findings begin. */
export type NagPack = 'Serverless' | 'HIPAA.Security' | 'NIST.800.53.R5' | 'PCI.DSS.321';

export interface Acknowledgement {
  /** The rule's name without its pack's. */
  readonly rule: string;
  readonly packs: readonly NagPack[];
  readonly resourceType: string;
  /** Only resources whose path holds this. Default: all of the type. */
  readonly path?: string;
  readonly reason: string;
}

const laws: readonly NagPack[] = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];
const keeping: readonly NagPack[] = ['HIPAA.Security', 'NIST.800.53.R5'];
const serverless: readonly NagPack[] = ['Serverless'];

/** Each is used, or a test fails. */
export const acknowledgements: readonly Acknowledgement[] = [
  {
    rule: 'S3BucketVersioningEnabled',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Uploads/',
    reason: 'CAL-1: a version would keep a photo that was deleted; our own rule demands versions off.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Uploads/',
    reason: 'CAL-1: a replica would keep a photo that was deleted; our own rule demands replication off.',
  },
  {
    rule: 'S3BucketLoggingEnabled',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Uploads/',
    reason: 'ONE-6: an access log would keep the address of each uploader beside the key of the photo.',
  },
  {
    rule: 'S3BucketVersioningEnabled',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Files/',
    reason:
      'The app’s built files, in the clear on the web; each publication makes them again from the sources.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Files/',
    reason: 'The app’s built files, in the clear on the web; the distribution has copies near people anyway.',
  },
  {
    rule: 'S3BucketLoggingEnabled',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Files/',
    reason: 'ONE-6: who fetched which of the app’s files, and from where, is nobody’s business.',
  },
  {
    rule: 'S3DefaultEncryptionKMS',
    packs: laws,
    resourceType: 'AWS::S3::Bucket',
    path: '/Files/',
    reason:
      'The app’s built files, in the clear on the web, under storage’s own key; a key of ours would hide them from nobody and cost a dollar a month.',
  },
  {
    rule: 'DynamoDBInBackupPlan',
    packs: keeping,
    resourceType: 'AWS::DynamoDB::Table',
    reason:
      'CAL-6: a backup would hold what a person deleted. What must survive a disaster is written down by Stripe; the rest is a person’s own, to be lost with the account.',
  },
  {
    rule: 'DynamoDBPITREnabled',
    packs: keeping,
    resourceType: 'AWS::DynamoDB::Table',
    reason:
      'CAL-6: point-in-time recovery would hold what a person deleted for 35 days; the setting backedUp turns it on where a class is about nobody.',
  },
  {
    rule: 'LambdaDLQ',
    packs: [...keeping, ...serverless],
    resourceType: 'AWS::Lambda::Function',
    reason:
      'ONE-6: a failed event holds the uploader’s address and the photo’s key, so none is parked; the cleaner does what the event would have.',
  },
  {
    rule: 'LambdaAsyncFailureDestination',
    packs: serverless,
    resourceType: 'AWS::Lambda::EventInvokeConfig',
    reason:
      'ONE-6: a failed event holds the uploader’s address and the photo’s key, so none is parked; the cleaner does what the event would have.',
  },
  {
    rule: 'LambdaTracing',
    packs: serverless,
    resourceType: 'AWS::Lambda::Function',
    reason: 'ONE-6: a trace notes addresses and requests; times are measured by metrics that name nobody.',
  },
  {
    rule: 'LambdaStarPermissions',
    packs: serverless,
    resourceType: 'AWS::IAM::Role',
    path: 'Analyze/Role',
    reason:
      'ONE-4: Lambda makes the network interface of a function in a VPC and names no resource; the function’s own code is denied the same actions.',
  },
  {
    rule: 'LambdaStarPermissions',
    packs: serverless,
    resourceType: 'AWS::IAM::Role',
    path: 'Upkeep/Role',
    reason:
      'CAL-6: an address that is erased is taken off the list on which SES keeps what came back; that list is the account’s, and has no name.',
  },
  {
    rule: 'LambdaInsideVPC',
    packs: laws,
    resourceType: 'AWS::Lambda::Function',
    reason:
      'ONE-4 asks it of the function that reads photos, which is inside. The others read none, and would need a paid way out to the issuer’s keys and back.',
  },
  {
    rule: 'IAMNoInlinePolicy',
    packs: laws,
    resourceType: 'AWS::IAM::Role',
    reason:
      'Each role is one function’s alone and shares nothing, so its statements stand in it; docs/permissions.md shows all of them and a test compares.',
  },
  {
    rule: 'CloudWatchLogGroupEncrypted',
    packs: laws,
    resourceType: 'AWS::Logs::LogGroup',
    reason:
      'CloudWatch encrypts every log with its own key. A log holds words of closed lists and numbers (ONE-6), so a key of ours would protect nothing about a person.',
  },
  {
    rule: 'SNSEncryptedKMS',
    packs: laws,
    resourceType: 'AWS::SNS::Topic',
    reason:
      'An alarm is a name and a number, and goes out by e-mail in clear; a key of ours would protect neither.',
  },
  {
    rule: 'SNSRedrivePolicy',
    packs: serverless,
    resourceType: 'AWS::SNS::Subscription',
    reason:
      'A mail that does not arrive is repeated by SNS; an alarm that is hours old helps nobody, and the alarm’s state stands in CloudWatch.',
  },
  {
    rule: 'SecretsManagerRotationEnabled',
    packs: keeping,
    resourceType: 'AWS::SecretsManager::Secret',
    reason:
      'Neither opens anything about a person: one keys hashes that live for 24 h, the other closes a way around the distribution. A rotation by itself would refuse honest requests; the runbook says how to replace them.',
  },
  {
    rule: 'SecretsManagerUsingKMSKey',
    packs: laws,
    resourceType: 'AWS::SecretsManager::Secret',
    reason:
      'Secrets Manager encrypts with its own key; nobody but the deployment reads either secret, so a key of ours would separate nobody.',
  },
  {
    rule: 'VPCDefaultSecurityGroupClosed',
    packs: laws,
    resourceType: 'AWS::EC2::VPC',
    reason:
      'Closing it takes a hidden function with rights of its own. Nothing is in that group, and the network has no way in or out.',
  },
  {
    rule: 'VPCFlowLogsEnabled',
    packs: laws,
    resourceType: 'AWS::EC2::VPC',
    reason:
      'ONE-6: there is no way in or out but two gateway endpoints, whose own services say what was asked; flow logs would add a store of addresses.',
  },
];

/** Acknowledges each finding of the list on each resource that it is about. */
export function acknowledgeFindings(app: App): void {
  const resources = app.node.findAll().filter((one) => CfnResource.isCfnResource(one));
  for (const { rule, packs, resourceType, path = '', reason } of acknowledgements) {
    const about = resources.filter(
      ({ cfnResourceType, node }) => cfnResourceType === resourceType && node.path.includes(path),
    );
    for (const resource of about) {
      for (const pack of packs) {
        Validations.of(resource).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
      }
    }
  }
}
