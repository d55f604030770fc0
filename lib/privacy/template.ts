/**
 * Synthesised templates as the rules and the permissions page read them: resources with their properties, and every
 * intrinsic rendered as a text that a person can read. Decides nothing.
 */
import { z } from 'zod';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema).default({}) });

/** One resource of one stack's template. */
export interface Resource {
  /** File of the template, for a report. */
  readonly templatePath: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** All resources of a template; throws zod's error for what is none. */
export function resourcesOf(templatePath: string, template: unknown): readonly Resource[] {
  return Object.entries(templateSchema.parse(template).Resources).map(([logicalId, one]) => ({
    templatePath,
    logicalId,
    type: one.Type,
    properties: one.Properties,
  }));
}

/** The resources of some types, in the templates' order. */
export function ofType(resources: readonly Resource[], ...types: readonly string[]): readonly Resource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** The value at a path of names and positions below the properties; undefined where there is none. */
export function at(
  { properties }: Pick<Resource, 'properties'>,
  ...path: readonly (string | number)[]
): unknown {
  return path.reduce<unknown>(
    (value, key) => (isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined),
    properties,
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One or many, as templates write lists. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': 'ACCOUNT',
  'AWS::Region': 'REGION',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A value as text: intrinsics by what they refer to, generated ids without their hash. */
export function textOf(value: unknown): string {
  if (!isRecord(value)) return Array.isArray(value) ? value.map(textOf).join(', ') : String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return pseudo[String(argument)] ?? unhashed(String(argument));
    case 'Fn::GetAtt': {
      const [id = '', attribute = ''] = Array.isArray(argument)
        ? argument.map(String)
        : String(argument).split('.');
      return `${unhashed(id)}.${attribute}`;
    }
    case 'Fn::Join':
      return joined(argument);
    case 'Fn::ImportValue':
      return imported(textOf(argument));
    default:
      return JSON.stringify(value);
  }
}

function joined(argument: unknown): string {
  const [separator, parts] = Array.isArray(argument) ? argument : ['', []];
  return listOf(parts).map(textOf).join(String(separator));
}

/** `STACK:ExportsOutputFnGetAttUploadsKeyA1B2C3D4Arn01234567` is what another stack calls `UploadsKey.Arn`. */
function imported(name: string): string {
  const match = /:ExportsOutput(?:FnGetAtt|Ref)(\w+?)[0-9A-F]{8}([A-Za-z]*)[0-9A-F]{8}$/.exec(name);
  if (match === null) return name;
  const [, id = '', attribute = ''] = match;
  return attribute === '' ? id : `${id}.${attribute}`;
}

function unhashed(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
