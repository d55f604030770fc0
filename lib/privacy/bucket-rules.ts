/** Rules about the upload bucket: nothing on it keeps, copies, lists or shows an object. */
import { protocol } from '../../core/scan.ts';
import { isOrigin } from './edge-rules.ts';
import { coversAll, grantsOf, policiesOf, uploadBuckets, type Grant } from './grants.ts';
import type { Breach, PrivacyRule, Synthesised } from './rules.ts';
import { uploadOriginsOf } from '../settings.ts';
import { at, isRecord, listOf, ofType, textOf, type Resource } from './template.ts';

/** Those that the upload address pins, and a browser asks before it sends. */
const uploadHeaders: ReadonlySet<string> = new Set([
  'content-type',
  'if-none-match',
  'x-amz-checksum-sha256',
]);

/** Breaches of properties that the upload bucket must not have. */
function forbidden({ resources, grants }: Synthesised, ...names: readonly string[]): readonly Breach[] {
  return uploadBuckets(resources, grants).flatMap((resource) =>
    names
      .filter((name) => resource.properties[name] !== undefined)
      .map((name) => ({ resource, location: name, found: `${name} is set` })),
  );
}

/** Breaches of upload buckets for which a fact does not hold. */
function lacking(
  { resources, grants }: Synthesised,
  location: string,
  found: string,
  holds: (bucket: Resource) => boolean,
): readonly Breach[] {
  return uploadBuckets(resources, grants)
    .filter((bucket) => !holds(bucket))
    .map((resource) => ({ resource, location, found }));
}

/** What nobody may do in the bucket, as its policy must say it: actions, and the condition under which. Of every object. */
const denials = [
  ['s3:*', 'Bool aws:SecureTransport = false'],
  ['s3:PutObject', 'Null s3:if-none-match = true'],
  ['s3:PutObject', `NumericGreaterThan s3:signatureAge = ${protocol.uploadMs}`],
  ['s3:PutObject', 'Null s3:x-amz-server-side-encryption-customer-algorithm = false'],
  ['s3:PutBucketVersioning', undefined],
  ['s3:PutReplicationConfiguration', undefined],
  ['s3:PutBucketObjectLockConfiguration', undefined],
] as const;

/** Everybody is denied the action, on all of the bucket, under this condition alone or without any. */
function isDenied(
  bucket: Resource,
  grants: readonly Grant[],
  action: string,
  condition: string | undefined,
): boolean {
  const expected = condition === undefined ? [] : [condition];
  const levels = action === 's3:*' ? ['', '/*'] : [action === 's3:PutObject' ? '/*' : ''];
  return grants.some(
    (grant) =>
      grant.effect === 'Deny' &&
      grant.principals.includes('*') &&
      grant.actions.includes(action) &&
      levels.every((level) => coversAll(grant, bucket, level)) &&
      grant.conditions.join() === expected.join(),
  );
}

export const bucketRules: readonly PrivacyRule[] = [
  {
    name: 'CAL-1-one-upload-bucket',
    promise: 'CAL-1',
    description:
      'There is exactly one bucket that could take uploads, each object in it starts the analysis, and any other holds the app’s own files',
    fix: 'Declare ObjectCreated of that bucket, without a filter, to the analysis function. Let nobody write into another bucket; add none that is not a distribution’s origin.',
    find({ resources, grants }) {
      const buckets = uploadBuckets(resources, grants);
      const missing =
        buckets.length === 1 ? [] : [{ location: '', found: `${buckets.length} upload buckets` }];
      const others = ofType(resources, 'AWS::S3::Bucket').filter(
        (one) => !buckets.includes(one) && !isOrigin(one, resources),
      );
      const partial = buckets.filter((bucket) => {
        const triggers = listOf(at(bucket, 'NotificationConfiguration', 'LambdaConfigurations')).filter(
          isRecord,
        );
        return !triggers.some(({ Event, Filter }) => Event === 's3:ObjectCreated:*' && Filter === undefined);
      });
      const found = 'some objects start no analysis';
      return [
        ...missing,
        ...others.map((resource) => ({ resource, location: '', found: 'a bucket for nothing' })),
        ...partial.map((resource) => ({ resource, location: 'NotificationConfiguration', found })),
      ];
    },
  },
  {
    name: 'CAL-1-no-copies',
    promise: 'CAL-1',
    description: 'The upload bucket keeps no versions, replicas, locks or backups: deleted is gone',
    fix: 'Remove VersioningConfiguration, ReplicationConfiguration, the object lock and AWS Backup selections.',
    find(app) {
      const backups = ofType(app.resources, 'AWS::Backup::BackupSelection', 'AWS::Backup::BackupPlan');
      return [
        ...forbidden(
          app,
          'VersioningConfiguration',
          'ReplicationConfiguration',
          'ObjectLockEnabled',
          'ObjectLockConfiguration',
        ),
        ...backups.map((resource) => ({ resource, location: '', found: 'AWS Backup is set up' })),
      ];
    },
  },
  {
    name: 'ONE-1-last-net',
    promise: 'ONE-1',
    description: 'Storage itself removes what is a day old, unfinished uploads included',
    fix: 'Give the upload bucket one lifecycle rule without a filter: ExpirationInDays 1, DaysAfterInitiation 1.',
    find: (app) =>
      lacking(
        app,
        'LifecycleConfiguration',
        'no rule for the whole bucket expires objects after a day',
        (bucket) =>
          listOf(at(bucket, 'LifecycleConfiguration', 'Rules')).some(
            (rule) =>
              isRecord(rule) &&
              rule['Status'] === 'Enabled' &&
              rule['ExpirationInDays'] === 1 &&
              at({ properties: rule }, 'AbortIncompleteMultipartUpload', 'DaysAfterInitiation') === 1 &&
              ['Prefix', 'TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'].every(
                (filter) => rule[filter] === undefined,
              ),
          ),
      ),
  },
  {
    name: 'ONE-6-no-records-of-objects',
    promise: 'ONE-6',
    description:
      'Nothing records the objects of the upload bucket: no access log, inventory, metadata or data events',
    fix: 'Remove LoggingConfiguration, InventoryConfigurations, MetadataConfiguration, MetadataTableConfiguration, AnalyticsConfigurations, EventBridge, queues and topics from the upload bucket, and trails with data events.',
    find(app) {
      const elsewhere = ['QueueConfigurations', 'TopicConfigurations', 'EventBridgeConfiguration'];
      return [
        ...forbidden(
          app,
          'LoggingConfiguration',
          'InventoryConfigurations',
          'MetadataConfiguration',
          'MetadataTableConfiguration',
          'AnalyticsConfigurations',
        ),
        ...elsewhere.flatMap((name) =>
          lacking(
            app,
            `NotificationConfiguration/${name}`,
            `events go to ${name}`,
            (bucket) => at(bucket, 'NotificationConfiguration', name) === undefined,
          ),
        ),
        ...ofType(app.resources, 'AWS::CloudTrail::Trail', 'AWS::CloudTrail::EventDataStore').map(
          (resource) => ({
            resource,
            location: '',
            found: 'a trail could record data events',
          }),
        ),
      ];
    },
  },
  {
    name: 'ONE-6-bucket-key',
    promise: 'ONE-6',
    description: 'The upload bucket encrypts with a key of ours through an S3 Bucket Key',
    fix: 'Set SSEAlgorithm aws:kms with KMSMasterKeyID, and BucketKeyEnabled true: without it each use of the key logs an object’s name.',
    find: (app) =>
      lacking(app, 'BucketEncryption', 'no key of ours with a Bucket Key', (bucket) => {
        const rules = ['BucketEncryption', 'ServerSideEncryptionConfiguration'];
        const isOurs =
          at(bucket, ...rules, 0, 'ServerSideEncryptionByDefault', 'KMSMasterKeyID') !== undefined;
        const algorithm = at(bucket, ...rules, 0, 'ServerSideEncryptionByDefault', 'SSEAlgorithm');
        return isOurs && algorithm === 'aws:kms' && at(bucket, ...rules, 0, 'BucketKeyEnabled') === true;
      }),
  },
  {
    name: 'ONE-4-not-public',
    promise: 'ONE-4',
    description: 'The upload bucket blocks public access in all four ways and has no access lists',
    fix: 'Set all of PublicAccessBlockConfiguration to true and ObjectOwnership to BucketOwnerEnforced.',
    find: (app) =>
      lacking(app, 'PublicAccessBlockConfiguration', 'access is not blocked in every way', (bucket) => {
        const ways = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
        const isOwners =
          at(bucket, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership') === 'BucketOwnerEnforced';
        return isOwners && ways.every((way) => at(bucket, 'PublicAccessBlockConfiguration', way) === true);
      }),
  },
  {
    name: 'ONE-4-uploads-from-named-pages',
    promise: 'ONE-4',
    description: 'From a browser, named pages may PUT with three headers, and nothing else',
    fix: 'Give the upload bucket one CORS rule: PUT; content-type, if-none-match, x-amz-checksum-sha256; origins of the settings.',
    find: (app) =>
      lacking(app, 'CorsConfiguration', 'browsers may do more, or from elsewhere', (bucket) => {
        const rules = listOf(at(bucket, 'CorsConfiguration', 'CorsRules')).filter(isRecord);
        return rules.every(
          ({ AllowedMethods, AllowedHeaders, AllowedOrigins, ExposedHeaders }) =>
            listOf(AllowedMethods).join() === 'PUT' &&
            listOf(AllowedHeaders).every((one) => uploadHeaders.has(textOf(one))) &&
            listOf(AllowedOrigins).every((one) => uploadOriginsOf(app.settings).includes(textOf(one))) &&
            ExposedHeaders === undefined,
        );
      }),
  },
  {
    name: 'CAL-1-denied-to-everybody',
    promise: 'CAL-1',
    description:
      'The upload bucket’s policy denies to everybody plain HTTP, overwriting, old signatures, keys of the caller’s, versions, replicas and locks',
    fix: 'Restore the Deny statements of lib/constructs/upload-bucket.ts; none may have a further condition.',
    find({ resources, grants, settings }) {
      const policies = uploadBuckets(resources, grants).flatMap((bucket) =>
        policiesOf(bucket, resources).map((resource) => ({ bucket, resource })),
      );
      const lacksKey = settings.emulatorSwitches.includes('without-overwrite-denial');
      if (policies.length === 0) return [{ location: '', found: 'there is no bucket policy' }];
      return policies.flatMap(({ bucket, resource }) =>
        denials
          .filter(([, condition]) => !(lacksKey && condition === 'Null s3:if-none-match = true'))
          .filter(([action, condition]) => !isDenied(bucket, grantsOf([resource]), action, condition))
          .map(([action, condition = 'always']) => ({
            resource,
            location: 'PolicyDocument',
            found: `${action} is not denied (${condition})`,
          })),
      );
    },
  },
];
