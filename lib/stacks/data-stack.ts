/** The tables, one a data class, with the classes' keys where the settings ask for them. */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { tables, type DataClass } from '../../core/tables.ts';
import { ClassTable } from '../constructs/class-table.ts';
import { TableKey, type TableKeys } from '../constructs/table-keys.ts';
import { namesOf } from '../names.ts';
import { isAboutPeople, type Settings } from '../settings.ts';

export interface DataStackProps extends StackProps {
  readonly settings: Settings;
}

export class DataStack extends Stack {
  readonly keys: TableKeys;

  constructor(scope: Construct, id: string, { settings, ...props }: DataStackProps) {
    super(scope, id, props);
    const names = namesOf(this, settings);
    const { deletionProtection } = settings;
    const keys = new Map<DataClass, IKey>();
    this.keys = keys;
    const classes = new Set(tables.map(({ dataClass }) => dataClass));
    for (const dataClass of settings.ownTableKeys ? classes : []) {
      const { key } = new TableKey(this, `${titled(dataClass)}Key`, {
        environment: settings.environment,
        dataClass,
        retain: deletionProtection,
      });
      keys.set(dataClass, key);
    }
    for (const definition of tables) {
      const key = keys.get(definition.dataClass);
      new ClassTable(this, titled(definition.name), {
        definition,
        tableName: names.table(definition.name),
        ...(key === undefined ? {} : { key }),
        backedUp: settings.backedUp.includes(definition.dataClass),
        whyNotBackedUp: isAboutPeople(settings.policy, definition.dataClass)
          ? 'CAL-6: what a person deletes is gone; a backup would hold it for 35 more days.'
          : 'Every item of it is written again within a day, or is a counter that nothing depends on.',
        deletionProtection,
      });
    }
  }
}

function titled(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
