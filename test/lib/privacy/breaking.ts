/** Ways to break a synthesised environment, for tests that see a rule find it. */
import type { Resource } from '../../../lib/privacy/template.ts';

/** Everything of an environment, changed. */
export type Breaking = (resources: readonly Resource[]) => readonly Resource[];

type Properties = Record<string, unknown>;

/** Sets properties of every resource of a type; undefined removes one. Throws when there is none. */
export function set(type: string, properties: Properties): Breaking {
  return change(type, (before) => ({ ...before, ...properties }));
}

/** Replaces the properties of every resource of a type whose properties hold some text. */
export function change(type: string, edit: (before: Properties) => Properties, holding = ''): Breaking {
  return (resources) => {
    let changed = 0;
    const after = resources.map((resource) => {
      if (resource.type !== type || !JSON.stringify(resource.properties).includes(holding)) return resource;
      changed += 1;
      const properties = Object.entries(edit(structuredClone(resource.properties)));
      return {
        ...resource,
        properties: Object.fromEntries(properties.filter(([, value]) => value !== undefined)),
      };
    });
    if (changed === 0) throw new Error(`no ${type} holds "${holding}": the test breaks nothing`);
    return after;
  };
}

/** Replaces a text everywhere in the resources of a type. */
export function rewrite(type: string, from: string, to: string): Breaking {
  return change(
    type,
    (before) => {
      // Parsed from the text of what it was.
      const after: Properties = JSON.parse(JSON.stringify(before).replaceAll(from, to));
      return after;
    },
    from,
  );
}

export function add(type: string, properties: Properties = {}): Breaking {
  return (resources) => [
    ...resources,
    { templatePath: 'added.template.json', logicalId: 'Added', type, properties },
  ];
}

export function remove(type: string): Breaking {
  return (resources) => {
    const after = resources.filter((one) => one.type !== type);
    if (after.length === resources.length) throw new Error(`there is no ${type}: the test breaks nothing`);
    return after;
  };
}

/** A role of somebody's with one statement. */
export function addRole(statement: Properties): Breaking {
  return add('AWS::IAM::Role', {
    RoleName: 'somebody',
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }],
  });
}

/** Removes the statement with this Sid from policies of a type. */
export function withoutStatement(type: string, sid: string): Breaking {
  return change(type, (before) => ({ ...before, ...filtered(before, sid) }), `"${sid}"`);
}

function filtered(before: Properties, sid: string): Properties {
  const document = before['PolicyDocument'];
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return {};
  const { Statement } = document;
  if (!Array.isArray(Statement)) return {};
  const kept = Statement.filter((one: unknown) => !JSON.stringify(one).includes(`"Sid":"${sid}"`));
  return { PolicyDocument: { ...document, Statement: kept } };
}
