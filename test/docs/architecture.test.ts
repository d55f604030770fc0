/** docs/architecture.md against the code that it describes. */
import { expect, it } from 'vitest';
import { chargeOf, openStates, protocol, scanStates, terminalStates } from '../../core/scan.ts';
import { tables } from '../../core/tables.ts';
import { functions } from '../../lib/functions.ts';
import { readText, rows, section } from './pages.ts';

const page = readText('docs/architecture.md');

it('lists every state of a scan with what becomes of its unit', () => {
  const units = { charged: 'charged', 'given-back': 'given back' } as const;
  const life = section(page, '## The life of an image').split('\n### ')[0] ?? '';
  const told = rows(life).map(([state, , unit]) => [state, unit]);
  expect(told).toEqual([
    ...openStates.map((state) => [`\`${state}\``, 'taken']),
    ...terminalStates.map((state) => [`\`${state}\``, units[chargeOf[state]]]),
  ]);
  expect(told).toHaveLength(scanStates.length);
});

it('says the numbers of the protocol and of the functions as they are', () => {
  const limits = Object.fromEntries(
    functions.flatMap((one) => [
      [`${one.name}.timeoutMs`, one.timeoutMs],
      [`${one.name}.maximumEventAgeMs`, one.maximumEventAgeMs],
      [`${one.name}.everyMs`, one.everyMs],
    ]),
  );
  const known: Record<string, number | undefined> = {
    ...limits,
    ...Object.fromEntries(Object.entries(protocol).map(([name, ms]) => [`protocol.${name}`, ms])),
  };
  const told = rows(section(page, '### The numbers')).map(([name = '', seconds]) => [
    name.replaceAll('`', ''),
    Number(seconds) * 1000,
  ]);
  expect(told.length).toBeGreaterThan(8);
  expect(told).toEqual(told.map(([name]) => [name, known[String(name)]]));
});

it('lists every table with its class and keys', () => {
  const code = (name: string | undefined): string => (name === undefined ? 'none' : `\`${name}\``);
  expect(rows(section(page, '## Data')).map((cells) => cells.slice(0, 4))).toEqual(
    tables.map(({ name, dataClass, partitionKey, sortKey }) => [
      code(name),
      dataClass,
      code(partitionKey.name),
      code(sortKey?.name),
    ]),
  );
});
