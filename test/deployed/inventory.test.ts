import { expect, it } from 'vitest';
import { settingsOf } from '../../lib/environments.ts';
import { inventoryOf, leftOut, leftOutReasons } from './inventory.ts';

// Here and not in a test: two synths take long on a busy machine.
const production = inventoryOf(settingsOf('production'));
const emulator = inventoryOf(settingsOf('emulator'));

it('an emulator’s environment leaves nothing of production out without a reason, and no reason is out of date', () => {
  expect(production.length).toBeGreaterThan(50);
  expect(new Set(leftOut(production, emulator).keys())).toEqual(new Set(leftOutReasons));
});

it('a resource that no reason covers is told', () => {
  const table = { stack: 'data', logicalId: 'Scans', type: 'AWS::DynamoDB::Table' };
  expect(leftOut([table], [])).toEqual(new Map([[undefined, [table]]]));
  expect(leftOut([table], [table])).toEqual(new Map());
});
