/** docs/permissions.md is what the templates say; and the whole app under every rule. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { staffCategories } from '../../core/staff.ts';
import { functions, upkeepFunction } from '../../lib/functions.ts';
import { grantsOf } from '../../lib/privacy/grants.ts';
import { renderPermissions } from '../../lib/privacy/permissions-page.ts';
import { ofType } from '../../lib/privacy/template.ts';
import { tableRights, upkeepUserPoolActions, userPoolActions } from '../../lib/rights.ts';
import { givenSettings, synthesise } from './given.ts';

const page = fileURLToPath(new URL('../../docs/permissions.md', import.meta.url));
const app = synthesise(givenSettings('production'));
const grants = grantsOf(app.resources);

describe('docs/permissions.md', () => {
  it('shows every right in the templates, as it is', async () => {
    await expect(renderPermissions(grants)).toMatchFileSnapshot(page);
  });

  it('shows a line for every action of every statement', () => {
    const rendered = renderPermissions(grants);
    const actions = grants.filter(({ kind }) => kind !== 'trust').flatMap((grant) => grant.actions);
    expect(actions.length).toBeGreaterThan(100);
    expect(actions.filter((action) => !rendered.includes(`\`${action}\``))).toEqual([]);
  });
});

describe('the roles', () => {
  it('are one for each function, one for each schedule and one for each category of staff', () => {
    const names = ofType(app.resources, 'AWS::IAM::Role').map(({ properties }) =>
      String(properties['RoleName']),
    );
    expect(names.toSorted()).toEqual(
      [
        ...functions.map(({ name }) => `onceover-production-${name}`),
        ...staffCategories.map((category) => `onceover-production-staff-${category}`),
        'onceover-production-sweep-schedule',
        ...(upkeepFunction.tasks ?? []).map(({ task }) => `onceover-production-upkeep-${task}-schedule`),
      ].sort(),
    );
  });

  it.each(functions)(
    'of $name has the rights of the catalogue to the bucket, and no other',
    ({ name, s3Actions }) => {
      const given = grants
        .filter(
          ({ kind, effect, holder }) => kind === 'role' && effect === 'Allow' && holder.endsWith(`-${name}`),
        )
        .flatMap(({ actions }) => actions)
        .filter((action) => action.startsWith('s3:'));
      expect(given.toSorted()).toEqual(s3Actions.map((action) => `s3:${action}`).sort());
    },
  );

  it.each(functions)('of $name has the rights of the catalogue to the tables, and no other', ({ name }) => {
    const given = grants
      .filter(
        ({ kind, effect, holder }) => kind === 'role' && effect === 'Allow' && holder.endsWith(`-${name}`),
      )
      .flatMap(({ actions, resources }) => actions.map((action) => `${action} ${resources.join()}`))
      .filter((right) => right.startsWith('dynamodb:'));
    const arn = (table: string): string =>
      `arn:aws:dynamodb:us-east-1:ACCOUNT:table/onceover-production-${table}`;
    const expected = tableRights[name].flatMap(({ table, index, actions }) =>
      actions.map(
        (action) => `dynamodb:${action} ${arn(table)}${index === undefined ? '' : `/index/${index}`}`,
      ),
    );
    expect(given.toSorted()).toEqual(expected.sort());
  });

  it('of analyze and sweep can change a purchase, and neither read nor find one', () => {
    for (const name of ['analyze', 'sweep'] as const) {
      const rights = tableRights[name].filter(({ table }) => table === 'purchases');
      expect(rights.map(({ actions }) => actions)).toEqual([['UpdateItem']]);
    }
  });

  it('of the API has in the user pool what its adapter asks for, and no other', () => {
    const adapter = readFileSync(
      new URL('../../lambdas/adapters/cognito-provider.ts', import.meta.url),
      'utf8',
    );
    const asked = [...adapter.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name);
    // Ending a refresh token needs no right: whoever has it may end it.
    const needed = new Set(asked.filter((name) => name !== 'RevokeToken'));
    expect(needed).toEqual(new Set(userPoolActions));
  });

  it('of upkeep has in the user pool what its adapter asks for, and no other', () => {
    const adapter = readFileSync(
      new URL('../../lambdas/adapters/cognito-directory.ts', import.meta.url),
      'utf8',
    );
    const asked = [...adapter.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name);
    expect(new Set(asked)).toEqual(new Set(upkeepUserPoolActions));
  });
});
