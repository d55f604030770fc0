/**
 * A function's rights to the upload bucket and to the tables, as statements; the same for its role and for the
 * endpoints that lead there. Explicit, because the library's own grants carry wildcards.
 */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { FunctionDefinition, FunctionName, UploadBucketAction } from '../functions.ts';
import type { Names } from '../names.ts';
import { tableRights } from '../rights.ts';
import { allow, type StatementProps } from './statements.ts';

/** Actions on the bucket itself; the others are on its objects. */
const bucketLevel: ReadonlySet<UploadBucketAction> = new Set(['ListBucket', 'ListBucketMultipartUploads']);

/** To whom and when, where the statement is not in a role's own policy. */
type Scope = Pick<StatementProps, 'principals' | 'conditions'>;

export function bucketStatements(
  { s3Actions }: FunctionDefinition,
  names: Names,
  scope: Scope = {},
): readonly PolicyStatement[] {
  const onBucket = s3Actions.filter((action) => bucketLevel.has(action));
  const onObjects = s3Actions.filter((action) => !bucketLevel.has(action));
  const parts = [
    { sid: 'UploadBucket', actions: onBucket, resource: names.uploadBucketArn },
    { sid: 'UploadedObjects', actions: onObjects, resource: `${names.uploadBucketArn}/*` },
  ];
  return parts
    .filter(({ actions }) => actions.length > 0)
    .map(({ sid, actions, resource }) =>
      allow({ sid, actions: actions.map((action) => `s3:${action}`), resources: [resource], ...scope }),
    );
}

export function tableStatements(
  name: FunctionName,
  names: Names,
  scope: Scope = {},
): readonly PolicyStatement[] {
  return tableRights[name].map(({ table, index, actions }) => {
    const arn = names.tableArn(table);
    return allow({
      sid: sidOf(table, index),
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [index === undefined ? arn : `${arn}/index/${index}`],
      ...scope,
    });
  });
}

function sidOf(table: string, index = ''): string {
  const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
  return `${capital(table)}${capital(index)}`;
}
