/** Lists everything that the database stores, past every function and right. */
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { tables, type TableName } from '../../core/tables.ts';
import type { Cloud } from '../../local/cloud.ts';

type Items = readonly Readonly<Record<string, unknown>>[];

/** Every item of every table. */
export async function readItems({ documents, names }: Cloud): Promise<Readonly<Record<TableName, Items>>> {
  const read = async (name: TableName): Promise<Items> => {
    const pages = paginateScan({ client: documents }, { TableName: names[name], ConsistentRead: true });
    return (await Array.fromAsync(pages)).flatMap(({ Items = [] }) => Items);
  };
  const listed = await Promise.all(tables.map(async ({ name }) => [name, await read(name)] as const));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry a table
  return Object.fromEntries(listed) as Record<TableName, Items>;
}
