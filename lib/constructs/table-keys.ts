/** A key for each data class, for environments that want to see and stop each use of a class. */
import { Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { tables, type DataClass } from '../../core/tables.ts';
import type { FunctionName } from '../functions.ts';
import { tableRights } from '../rights.ts';
import { OwnKey } from './own-key.ts';
import { allow } from './statements.ts';

/** Keys by class; empty where DynamoDB's own are used. */
export type TableKeys = ReadonlyMap<DataClass, IKey>;

const reading = ['kms:Decrypt', 'kms:DescribeKey'];
const writing = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

export interface TableKeyProps {
  readonly environment: string;
  readonly dataClass: DataClass;
  readonly retain: boolean;
}

/** One class's key: used through DynamoDB by whoever a role allows, never directly. */
export class TableKey extends Construct {
  readonly key: IKey;

  constructor(scope: Construct, id: string, { environment, dataClass, retain }: TableKeyProps) {
    super(scope, id);
    const use = allow({
      sid: 'ThroughDynamoDb',
      principals: [new AccountRootPrincipal()],
      // The database keeps a grant of its own, made when the table is.
      actions: ['kms:CreateGrant', ...reading, ...writing],
      resources: ['*'],
      conditions: throughDynamoDb(scope),
    });
    this.key = new OwnKey(this, 'Own', {
      alias: `onceover-${environment}-${dataClass}`,
      description: `Tables of class ${dataClass}`,
      retain,
      use: [use],
    }).key;
  }
}

/** What a function needs of the keys of the classes that it works on; none without keys of ours. */
export function tableKeyStatements(
  scope: Construct,
  name: FunctionName,
  keys: TableKeys,
): readonly PolicyStatement[] {
  const classes = new Set(
    tableRights[name].flatMap(({ table }) =>
      tables.filter((one) => one.name === table).map(({ dataClass }) => dataClass),
    ),
  );
  const arns = [...classes].flatMap((dataClass) => keys.get(dataClass)?.keyArn ?? []);
  if (arns.length === 0) return [];
  return [
    allow({
      sid: 'TableKeys',
      actions: [...reading, ...writing],
      resources: arns,
      conditions: throughDynamoDb(scope),
    }),
  ];
}

function throughDynamoDb(scope: Construct) {
  const { region, account } = Stack.of(scope);
  return {
    StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com`, 'kms:CallerAccount': account },
  };
}
