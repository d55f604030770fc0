/**
 * One table of a data class, as `core/tables.ts` describes it: on demand, encrypted, without a stream. It grants
 * nothing to anybody.
 */
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type Attribute,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { KeyAttribute, TableDefinition } from '../../core/tables.ts';

export interface ClassTableProps {
  readonly definition: TableDefinition;
  readonly tableName: string;
  /** The class's own key. Default: DynamoDB's own, at no cost. */
  readonly key?: IKey;
  /** Point-in-time recovery: 35 days in which what was deleted could come back. */
  readonly backedUp: boolean;
  /** For whoever asks why there is no backup. */
  readonly whyNotBackedUp: string;
  readonly deletionProtection: boolean;
}

export class ClassTable extends Construct {
  constructor(scope: Construct, id: string, props: ClassTableProps) {
    super(scope, id);
    const { definition, key } = props;
    const table = new Table(this, 'Table', {
      tableName: props.tableName,
      partitionKey: attribute(definition.partitionKey),
      ...(definition.sortKey === undefined ? {} : { sortKey: attribute(definition.sortKey) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(key === undefined
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.backedUp },
      ...(definition.ttlAttribute === undefined ? {} : { timeToLiveAttribute: definition.ttlAttribute }),
      deletionProtection: props.deletionProtection,
      removalPolicy: props.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (!props.backedUp) {
      Validations.of(table).acknowledge({
        id: 'AwsSolutions::AwsSolutions-DDB3',
        reason: props.whyNotBackedUp,
      });
    }
    for (const { name, partitionKey, sortKey, projection } of definition.indexes) {
      table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: attribute(partitionKey),
        ...(sortKey === undefined ? {} : { sortKey: attribute(sortKey) }),
        ...projected(projection),
      });
    }
  }
}

function attribute({ name, type }: KeyAttribute): Attribute {
  return { name, type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER };
}

function projected(projection: TableDefinition['indexes'][number]['projection']) {
  if (projection === 'all') return { projectionType: ProjectionType.ALL };
  if (projection === 'keys-only') return { projectionType: ProjectionType.KEYS_ONLY };
  return { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projection] };
}
