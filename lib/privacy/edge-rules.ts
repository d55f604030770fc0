/** Rules about the distribution before the app and the API: it shows no photo, keeps no answer, and writes nobody down. */
import { uploadBuckets } from './grants.ts';
import type { PrivacyRule } from './rules.ts';
import { at, isRecord, listOf, ofType, textOf, type Resource } from './template.ts';

/** AWS's managed policy that keeps nothing, by its documented id. */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

function originsOf(distribution: Resource): readonly Readonly<Record<string, unknown>>[] {
  return listOf(at(distribution, 'DistributionConfig', 'Origins')).filter(isRecord);
}

/** Whether an origin is this bucket: its name, or the template's name of it, stands in the origin's address. */
function leadsTo(origin: Readonly<Record<string, unknown>>, bucket: Resource): boolean {
  const address = textOf(origin['DomainName']);
  const name = textOf(bucket.properties['BucketName'] ?? { Ref: bucket.logicalId });
  return (
    address.startsWith(`${name}.s3`) ||
    address === textOf({ 'Fn::GetAtt': [bucket.logicalId, 'RegionalDomainName'] }) ||
    address === textOf({ 'Fn::GetAtt': [bucket.logicalId, 'DomainName'] })
  );
}

/** Whether a bucket is what a distribution shows. */
export function isOrigin(bucket: Resource, resources: readonly Resource[]): boolean {
  return ofType(resources, 'AWS::CloudFront::Distribution').some((one) =>
    originsOf(one).some((origin) => leadsTo(origin, bucket)),
  );
}

/** Behaviours that hand requests on to something that is no bucket. */
function behavioursToTheApi(distribution: Resource): readonly Readonly<Record<string, unknown>>[] {
  const toApi = new Set(
    originsOf(distribution)
      .filter((origin) => origin['S3OriginConfig'] === undefined)
      .map(({ Id }) => Id),
  );
  const config = at(distribution, 'DistributionConfig');
  if (!isRecord(config)) return [];
  return [config['DefaultCacheBehavior'], ...listOf(config['CacheBehaviors'])]
    .filter(isRecord)
    .filter(({ TargetOriginId }) => toApi.has(TargetOriginId));
}

export const edgeRules: readonly PrivacyRule[] = [
  {
    name: 'ONE-4-no-photo-at-the-edge',
    promise: 'ONE-4',
    description: 'No distribution leads to the upload bucket',
    fix: 'Give the distribution the bucket of the app’s files as its origin, and no other.',
    find: ({ resources, grants }) =>
      ofType(resources, 'AWS::CloudFront::Distribution').flatMap((resource) =>
        uploadBuckets(resources, grants)
          .filter((bucket) => originsOf(resource).some((origin) => leadsTo(origin, bucket)))
          .map(() => ({ resource, location: 'DistributionConfig/Origins', found: 'photos as an origin' })),
      ),
  },
  {
    name: 'CAL-6-nothing-kept-at-the-edge',
    promise: 'CAL-6',
    description: 'The distribution keeps no answer of the API: what is deleted is deleted everywhere',
    fix: 'Give each behaviour before the API the managed cache policy CachingDisabled.',
    find: ({ resources }) =>
      ofType(resources, 'AWS::CloudFront::Distribution').flatMap((resource) =>
        behavioursToTheApi(resource)
          .filter(({ CachePolicyId }) => CachePolicyId !== cachingDisabled)
          .map(({ PathPattern = '*' }) => ({
            resource,
            location: 'DistributionConfig/CacheBehaviors',
            found: `${textOf(PathPattern)} may be kept`,
          })),
      ),
  },
  {
    name: 'ONE-6-no-log-at-the-edge',
    promise: 'ONE-6',
    description: 'Nothing at the edge writes down who asked for what: an address beside a scan’s id',
    fix: 'Remove Logging and RealtimeLogConfigArn from the distribution, and log deliveries for it.',
    find({ resources }) {
      const logged = ofType(resources, 'AWS::CloudFront::Distribution').filter((one) =>
        JSON.stringify(one.properties).match(/"(?:Logging|RealtimeLogConfigArn)":/),
      );
      const deliveries = ofType(
        resources,
        'AWS::CloudFront::RealtimeLogConfig',
        'AWS::Logs::Delivery',
        'AWS::Logs::DeliverySource',
      );
      return [...logged, ...deliveries].map((resource) => ({ resource, location: '', found: 'a log' }));
    },
  },
  {
    name: 'ONE-6-edge-runs-no-function',
    promise: 'ONE-6',
    description:
      'No Lambda function runs at the edge, where its log would be in every region and expire nowhere',
    fix: 'Use a CloudFront function, which has no network and no storage, and writes no log of its own.',
    find: ({ resources }) =>
      ofType(resources, 'AWS::CloudFront::Distribution')
        .filter((one) => JSON.stringify(one.properties).includes('"LambdaFunctionAssociations":'))
        .map((resource) => ({ resource, location: 'LambdaFunctionAssociations', found: 'a function' })),
  },
];
