/**
 * A fuzzer that reads the served OpenAPI document and nothing else: it calls every operation with what the document
 * allows and with what it does not, and holds every answer against the document. It knows no route by name.
 */
import fc from 'fast-check';
import { z } from 'zod';

/** A JSON schema, as far as it is read here. */
interface Schema {
  readonly [key: string]: unknown;
}

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  schema: z.record(z.string(), z.unknown()),
});
const operationSchema = z.looseObject({
  operationId: z.string(),
  parameters: z.array(parameterSchema).optional(),
  requestBody: z
    .looseObject({
      content: z.record(z.string(), z.looseObject({ schema: z.record(z.string(), z.unknown()) })),
    })
    .optional(),
  responses: z.record(
    z.string(),
    z.looseObject({
      content: z
        .record(
          z.string(),
          z.looseObject({
            schema: z.record(z.string(), z.unknown()).optional(),
            examples: z.record(z.string(), z.unknown()).optional(),
          }),
        )
        .optional(),
    }),
  ),
});
const documentSchema = z.looseObject({
  components: z.looseObject({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

/** One operation of the document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly described: z.infer<typeof operationSchema>;
}

export interface Api {
  readonly operations: readonly Operation[];
  /** A request to an operation: mostly as described, in many ways not. */
  request(operation: Operation): fc.Arbitrary<FuzzedRequest>;
  /** What an answer has that the document does not; nothing when all is well. */
  complaints(operation: Operation, answer: Answered): readonly string[];
}

export interface FuzzedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

/** Reads a document; throws when it is none. */
export function readApi(raw: unknown): Api {
  const document = documentSchema.parse(raw);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ method: method.toUpperCase(), path, described })),
  );
  const resolve = (schema: Schema): Schema => {
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    return document.components.schemas[ref.slice('#/components/schemas/'.length)] ?? {};
  };
  return {
    operations,
    request: (operation) => requestOf(operation, resolve),
    complaints: (operation, answer) => complaintsOf(operation, answer, resolve),
  };
}

/** What no schema expects. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    ' ',
    '\u0000',
    '\u202e',
    'constructor',
    '__proto__',
    [],
    {},
    [[]],
  ),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constant('x'.repeat(5000)),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Mostly a value of the schema. */
function valueOf(raw: Schema, resolve: (schema: Schema) => Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: schemaValue(raw, resolve) }, { weight: 1, arbitrary: anything });
}

function schemaValue(raw: Schema, resolve: (schema: Schema) => Schema): fc.Arbitrary<unknown> {
  const schema = resolve(raw);
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return fc.oneof(...choices.map((one: Schema) => schemaValue(one, resolve)));
  if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...schema['enum']);
  if ('const' in schema) return fc.constant(schema['const']);
  const type = Array.isArray(schema['type'])
    ? fc.constantFrom<unknown>(...schema['type'])
    : fc.constant(schema['type']);
  return type.chain((chosen) => ofType(chosen, schema, resolve));
}

function ofType(type: unknown, schema: Schema, resolve: (schema: Schema) => Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objectOf(schema, resolve);
    case 'array':
      return fc.array(valueOf(recordOf(schema['items']), resolve), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.integer({ min: Number(schema['minimum'] ?? -3), max: Number(schema['maximum'] ?? 2 ** 31) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return stringOf(schema);
    default:
      return anything;
  }
}

function stringOf(schema: Schema): fc.Arbitrary<string> {
  const { pattern, example } = schema;
  const examples = typeof example === 'string' ? [fc.constant(example)] : [];
  if (typeof pattern === 'string') return fc.oneof(...examples, fc.stringMatching(new RegExp(pattern)));
  const most = Number(schema['maxLength'] ?? 60);
  // As long as it may be, and one longer.
  const atBounds = fc.constantFrom(most, most + 1).map((length) => 'y'.repeat(length));
  return fc.oneof(...examples, atBounds, fc.string({ maxLength: Math.min(60, most), unit: 'grapheme' }));
}

function objectOf(schema: Schema, resolve: (schema: Schema) => Schema): fc.Arbitrary<unknown> {
  const properties = recordOf(schema['properties']);
  const names = Object.keys(properties);
  const fields = fc.record(
    Object.fromEntries(names.map((name) => [name, valueOf(recordOf(properties[name]), resolve)])),
    { requiredKeys: [] },
  );
  const all = fc.record(
    Object.fromEntries(names.map((name) => [name, valueOf(recordOf(properties[name]), resolve)])),
  );
  const extra = fc.tuple(all, fc.string({ minLength: 1, maxLength: 12 }), anything);
  const open = schema['additionalProperties'];
  const free =
    typeof open === 'object' && open !== null
      ? fc.dictionary(fc.string({ maxLength: 12 }), valueOf(recordOf(open), resolve), { maxKeys: 4 })
      : all;
  return fc.oneof(
    { weight: 8, arbitrary: names.length === 0 ? free : all },
    { weight: 1, arbitrary: fields },
    { weight: 1, arbitrary: extra.map(([object, name, value]) => ({ ...object, [name]: value })) },
  );
}

function recordOf(value: unknown): Record<string, Schema> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parts of a schema are schemas
  return (typeof value === 'object' && value !== null ? value : {}) as Record<string, Schema>;
}

function requestOf({ method, path, described: operation }: Operation, resolve: (schema: Schema) => Schema) {
  const parameters = operation.parameters ?? [];
  const body = operation.requestBody?.content['application/json']?.schema;
  const values = fc.tuple(...parameters.map(({ schema }) => valueOf(schema, resolve)));
  const rawBody: fc.Arbitrary<string | undefined> =
    body === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 10, arbitrary: valueOf(body, resolve).map((value) => JSON.stringify(value)) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              '',
              '{',
              'null',
              '[]',
              '{"a":1,"a":2}',
              '\ufeff{}',
              'x'.repeat(33_000),
            ),
          },
        );
  const type = fc.oneof(
    { weight: 12, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data'),
    },
  );
  return fc.tuple(values, rawBody, type).map(([given, text, contentType]): FuzzedRequest => {
    let target = path;
    const query = new URLSearchParams();
    const headers: Record<string, string> = text === undefined ? {} : { 'content-type': contentType };
    parameters.forEach(({ name, in: where }, at) => {
      const value = typeof given[at] === 'string' ? given[at] : (JSON.stringify(given[at]) ?? '');
      if (where === 'path')
        target = target.replace(`{${name}}`, encodeURIComponent(value.toWellFormed() || '-'));
      else if (where === 'query') query.append(name, value.toWellFormed());
      else if (where === 'header') headers[name] = value.replaceAll(/[^\u0020-\u007e]/g, '');
    });
    const asked = query.size === 0 ? target : `${target}?${query.toString()}`;
    return { method, path: asked, headers, ...(text === undefined ? {} : { body: text }) };
  });
}

function complaintsOf(
  { described: operation }: Operation,
  { status, contentType, text }: Answered,
  resolve: (schema: Schema) => Schema,
): readonly string[] {
  if (status >= 500) return [`answered ${status}`];
  const response = operation.responses[String(status)];
  if (response === undefined) return [`answered ${status}, which is not described`];
  const content = response.content ?? {};
  const media = contentType?.split(';', 1)[0] ?? '';
  if (Object.keys(content).length === 0) return text === '' ? [] : ['has a body, and none is described'];
  const shown = content[media];
  if (shown === undefined) return [`is ${media}, which is not described for ${status}`];
  if (!media.includes('json')) return [];
  const value: unknown = JSON.parse(text);
  const code =
    typeof value === 'object' && value !== null && 'code' in value ? String(value.code) : undefined;
  const codes = Object.keys(shown.examples ?? {});
  if (status >= 400 && (code === undefined || !codes.includes(code))) {
    return [`has the code ${code}, and ${status} is described with ${codes.join(', ')}`];
  }
  return breachesOf(shown.schema ?? {}, value, resolve);
}

/** What of an answer is not as its schema says. */
function breachesOf(schema: Schema, value: unknown, resolve: (schema: Schema) => Schema): readonly string[] {
  const read = z.fromJSONSchema(whole(schema, resolve)).safeParse(value);
  return read.success
    ? []
    : read.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`);
}

/** A schema with what it refers to in place. */
function whole(value: Schema, resolve: (schema: Schema) => Schema): Schema {
  const inPlace = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inPlace);
    if (typeof part !== 'object' || part === null) return part;
    return whole(Object.fromEntries(Object.entries(part)), resolve);
  };
  return Object.fromEntries(Object.entries(resolve(value)).map(([name, part]) => [name, inPlace(part)]));
}
