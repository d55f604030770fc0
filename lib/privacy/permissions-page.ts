/**
 * The permissions page: every statement of a synthesised environment, one line an action and resource, so that a
 * change of any right is a change of a text that somebody reviews. Pure.
 */
import type { Grant } from './grants.ts';

const intro = `# Permissions

Every right in the templates of the production environment, whoever holds it. Made by the code and compared by a test:
\`npx vitest run test/lib/permissions.test.ts -u\` writes it anew. ACCOUNT is the account that deploys. In a key's own
policy \`*\` is that key. The deployment's own role belongs to the CDK bootstrap of the account and is not in these
templates.
`;

/** Renders the page. */
export function renderPermissions(grants: readonly Grant[]): string {
  const ofKind = (kind: Grant['kind'], effect: Grant['effect']): readonly Grant[] =>
    grants.filter((grant) => grant.kind === kind && grant.effect === effect);
  return [
    intro,
    '## What each role may do\n',
    table(['Role', 'Action', 'Resource', 'Condition'], rows(ofKind('role', 'Allow'), roleCells)),
    '## What each role is denied\n',
    table(['Role', 'Action', 'Resource', 'Condition'], rows(ofKind('role', 'Deny'), roleCells)),
    '## Who may be a role\n',
    table(
      ['Role', 'Principal', 'Condition'],
      ofKind('trust', 'Allow').map(({ holder, principals, conditions }) => [
        code(holder),
        principals.map(code).join(', '),
        conditionCell(conditions),
      ]),
    ),
    '## What resources allow\n',
    table(
      ['On', 'Principal', 'Action', 'Resource', 'Condition'],
      rows(ofKind('policy', 'Allow'), policyCells),
    ),
    '## What resources deny to everybody\n',
    table(
      ['On', 'Principal', 'Action', 'Resource', 'Condition'],
      rows(ofKind('policy', 'Deny'), policyCells),
    ),
  ].join('\n');
}

type Cells = (grant: Grant, action: string, resource: string) => readonly string[];

function rows(grants: readonly Grant[], cells: Cells): readonly (readonly string[])[] {
  return grants.flatMap((grant) =>
    grant.actions.flatMap((action) => grant.resources.map((resource) => cells(grant, action, resource))),
  );
}

const roleCells: Cells = ({ holder, conditions }, action, resource) => [
  code(holder),
  code(action),
  code(resource),
  conditionCell(conditions),
];

const policyCells: Cells = ({ holder, principals, conditions }, action, resource) => [
  code(holder),
  principals.map(code).join(', '),
  code(action),
  code(resource),
  conditionCell(conditions),
];

function conditionCell(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'always' : conditions.map(code).join(' and ');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const sorted = body.map(line).sort();
  return `${[line(head), line(head.map(() => '---')), ...sorted].join('\n')}\n`;
}
