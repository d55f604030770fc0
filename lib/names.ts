/**
 * Physical names of one environment. They are given, not generated, so that policies can name a bucket, a role or a
 * table of another stack without depending on it, and so that a person can read them.
 */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { tableNames, type TableName } from '../core/tables.ts';
import type { FunctionName } from './functions.ts';
import type { Settings } from './settings.ts';

/** Names, and ARNs as seen from the stack of `scope`. */
export interface Names {
  readonly tablePrefix: string;
  readonly uploadBucket: string;
  /** Of the built app's files. */
  readonly webBucket: string;
  functionName(name: FunctionName): string;
  roleName(name: FunctionName | `${FunctionName}-schedule` | `${FunctionName}-${string}-schedule`): string;
  table(name: TableName): string;
  uploadBucketArn: string;
  functionArn(name: FunctionName): string;
  roleArn(name: FunctionName): string;
  /** How the names of the staff's roles begin; the category follows. */
  readonly staffRolePrefix: string;
  /** What `aws:PrincipalArn` may be for a function's role: on AWS the role; on an emulator its sessions too. */
  principalArns(name: FunctionName): string | readonly string[];
  tableArn(name: TableName): string;
}

export function namesOf(scope: Construct, { environment, region, kind }: Settings): Names {
  const stack = Stack.of(scope);
  const prefix = `onceover-${environment}-`;
  const uploadBucket = bucketName(environment, 'uploads', stack.account, region);
  const tables = tableNames(prefix);
  const roleArn = (name: FunctionName): string =>
    stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `${prefix}${name}` });
  const sessionArns = (name: FunctionName): string =>
    stack.formatArn({
      service: 'sts',
      region: '',
      resource: 'assumed-role',
      resourceName: `${prefix}${name}/*`,
    });
  return {
    tablePrefix: prefix,
    uploadBucket,
    webBucket: bucketName(environment, 'web', stack.account, region),
    functionName: (name) => `${prefix}${name}`,
    roleName: (name) => `${prefix}${name}`,
    table: (name) => tables[name],
    uploadBucketArn: stack.formatArn({ service: 's3', region: '', account: '', resource: uploadBucket }),
    functionArn: (name) => stack.formatArn({ service: 'lambda', resource: `function:${prefix}${name}` }),
    roleArn,
    staffRolePrefix: `${prefix}staff-`,
    // MiniStack 1.5.33 compares with the session, where AWS compares with the role.
    principalArns: (name) => (kind === 'emulator' ? [roleArn(name), sessionArns(name)] : roleArn(name)),
    tableArn: (name) =>
      stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: tables[name] }),
  };
}

/** A bucket's name is the world's; account and region make it this environment's. */
export function bucketName(
  environment: string,
  what: 'uploads' | 'web',
  accountId: string,
  region: string,
): string {
  return `onceover-${environment}-${what}-${accountId}-${region}`;
}
