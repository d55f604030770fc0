/** Every policy statement in the templates, whoever holds it: what the rules judge and the permissions page shows. */
import { at, isRecord, listOf, ofType, textOf, type Resource } from './template.ts';

/** One statement. */
export interface Grant {
  /** Where it stands. */
  readonly resource: Resource;
  /** `role`: what the role may do. `trust`: who may be the role. `policy`: who may do what with the resource. */
  readonly kind: 'role' | 'trust' | 'policy';
  /** Physical name of the role, or the resource's logical id without its hash. */
  readonly holder: string;
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Empty in a role's own policy. */
  readonly principals: readonly string[];
  /** `Operator key = value`. */
  readonly conditions: readonly string[];
}

/** Where policies stand: type, path of the document, kind. */
const places = [
  ['AWS::IAM::Policy', ['PolicyDocument'], 'role'],
  ['AWS::IAM::ManagedPolicy', ['PolicyDocument'], 'role'],
  ['AWS::IAM::RolePolicy', ['PolicyDocument'], 'role'],
  ['AWS::IAM::Role', ['AssumeRolePolicyDocument'], 'trust'],
  ['AWS::S3::BucketPolicy', ['PolicyDocument'], 'policy'],
  ['AWS::KMS::Key', ['KeyPolicy'], 'policy'],
  ['AWS::EC2::VPCEndpoint', ['PolicyDocument'], 'policy'],
  ['AWS::SQS::QueuePolicy', ['PolicyDocument'], 'policy'],
  ['AWS::SNS::TopicPolicy', ['PolicyDocument'], 'policy'],
  ['AWS::SecretsManager::ResourcePolicy', ['ResourcePolicy'], 'policy'],
  ['AWS::DynamoDB::Table', ['ResourcePolicy', 'PolicyDocument'], 'policy'],
] as const;

export function grantsOf(resources: readonly Resource[]): readonly Grant[] {
  return resources.flatMap((resource) => [
    ...places
      .filter(([type]) => type === resource.type)
      .flatMap(([, path, kind]) => grantsIn(resource, at(resource, ...path), kind)),
    ...inlineGrants(resource),
    ...permissionGrants(resource),
  ]);
}

function inlineGrants(resource: Resource): readonly Grant[] {
  if (resource.type !== 'AWS::IAM::Role') return [];
  return listOf(at(resource, 'Policies')).flatMap((policy) =>
    grantsIn(resource, isRecord(policy) ? policy['PolicyDocument'] : undefined, 'role'),
  );
}

/** A function's own policy, one statement a resource. */
function permissionGrants(resource: Resource): readonly Grant[] {
  if (resource.type !== 'AWS::Lambda::Permission') return [];
  const { properties } = resource;
  const conditions = ['SourceArn', 'SourceAccount']
    .filter((name) => properties[name] !== undefined)
    .map((name) => `StringEquals aws:${name} = ${textOf(properties[name])}`);
  return [
    {
      resource,
      kind: 'policy',
      holder: holderOf(resource),
      sid: '',
      effect: 'Allow',
      actions: [textOf(properties['Action'])],
      resources: [textOf(properties['FunctionName'])],
      principals: [textOf(properties['Principal'])],
      conditions,
    },
  ];
}

function grantsIn(resource: Resource, document: unknown, kind: Grant['kind']): readonly Grant[] {
  if (!isRecord(document)) return [];
  return listOf(document['Statement'])
    .filter(isRecord)
    .map((statement) => ({
      resource,
      kind,
      holder: holderOf(resource),
      sid: statement['Sid'] === undefined ? '' : textOf(statement['Sid']),
      effect: statement['Effect'] === 'Deny' ? ('Deny' as const) : ('Allow' as const),
      // `NotAction` and `NotResource` allow what nobody has named: shown as the wildcard that they are.
      actions: statement['NotAction'] === undefined ? listOf(statement['Action']).map(textOf) : ['*'],
      resources: statement['NotResource'] === undefined ? listOf(statement['Resource']).map(textOf) : ['*'],
      principals: principalsOf(statement['Principal']),
      conditions: conditionsOf(statement['Condition']),
    }));
}

function principalsOf(principal: unknown): readonly string[] {
  return isRecord(principal)
    ? Object.values(principal).flatMap((value) => listOf(value).map(textOf))
    : listOf(principal).map(textOf);
}

function conditionsOf(condition: unknown): readonly string[] {
  if (!isRecord(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isRecord(keys) ? Object.entries(keys).map(([key, value]) => `${operator} ${key} = ${textOf(value)}`) : [],
  );
}

function holderOf(resource: Resource): string {
  const name = resource.properties['RoleName'];
  return name === undefined ? textOf({ Ref: resource.logicalId }) : textOf(name);
}

/** Whether a bucket is there for uploads, or could take one. */
function takesUploads(bucket: Resource, grants: readonly Grant[]): boolean {
  return (
    at(bucket, 'NotificationConfiguration') !== undefined ||
    // Browsers could write into it, if somebody signed.
    at(bucket, 'CorsConfiguration') !== undefined ||
    grants.some(
      (grant) =>
        grant.effect === 'Allow' &&
        grant.actions.some((one) => writesObjects.test(one)) &&
        reaches(grant, bucket),
    )
  );
}

const writesObjects = /^(\*|s3:(\*|P.*\*|Put\*|PutObject.*|Replicate.*|Restore.*|CreateMultipart.*))$/i;

/** The upload buckets, by their role and not by their name: whatever tells of new objects, or may be written to. */
export function uploadBuckets(
  resources: readonly Resource[],
  grants: readonly Grant[] = grantsOf(resources),
): readonly Resource[] {
  return ofType(resources, 'AWS::S3::Bucket').filter((bucket) => takesUploads(bucket, grants));
}

/** The policies of a bucket. */
export function policiesOf(bucket: Resource, resources: readonly Resource[]): readonly Resource[] {
  return ofType(resources, 'AWS::S3::BucketPolicy').filter((policy) => isPolicyOf(policy, bucket));
}

function isPolicyOf(policy: Resource, bucket: Resource): boolean {
  const about = textOf(at(policy, 'Bucket'));
  return about === textOf(bucket.properties['BucketName']) || about === textOf({ Ref: bucket.logicalId });
}

/** Whether a statement is about a bucket's objects, or could be: only a name of something else says that it is not. */
export function reaches({ resource, resources: named }: Grant, bucket: Resource): boolean {
  if (resource.type === 'AWS::S3::BucketPolicy') return isPolicyOf(resource, bucket);
  const names = [textOf(bucket.properties['BucketName']), textOf({ Ref: bucket.logicalId })];
  return named.some(
    (one) =>
      !/^arn:aws:s3:::[^*?]+(?:\/|$)/.test(one) ||
      names.some((name) => one.startsWith(`arn:aws:s3:::${name}`)),
  );
}

/** Whether a statement names all of a bucket: itself (level ``), or every object in it (level `/*`). */
export function coversAll({ resources }: Grant, bucket: Resource, level: string): boolean {
  const arns = [
    textOf({ 'Fn::GetAtt': [bucket.logicalId, 'Arn'] }),
    `arn:aws:s3:::${textOf(bucket.properties['BucketName'])}`,
  ];
  return resources.some((one) => one === '*' || arns.some((arn) => one === `${arn}${level}`));
}

/** Whether a condition compares the caller with one role of this name, or with sessions of it, and with nobody else. */
export function comparesRole(
  condition: string,
  operator: 'ArnEquals' | 'ArnNotEquals',
  role: string,
): boolean {
  const start = `${operator} aws:PrincipalArn = `;
  if (!condition.startsWith(start)) return false;
  const arns = condition.slice(start.length).split(', ');
  return arns.every(
    (arn) =>
      arn.startsWith('arn:') && (arn.endsWith(`:role/${role}`) || arn.endsWith(`:assumed-role/${role}/*`)),
  );
}
