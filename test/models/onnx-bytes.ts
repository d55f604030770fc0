/**
 * ONNX files as strangers export them, for tests: any type, open dimensions, values in another file, operators of any
 * domain. Shares no code with `models/graph`, and can write what no exporter would.
 */

type Bytes = Uint8Array;

const utf8 = new TextEncoder();

export function concat(...parts: readonly Bytes[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Protobuf varint of a number below 2^31. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.of(...bytes, rest);
}

export const int = (field: number, value: number): Bytes => concat(varint(field * 8), varint(value));
export const bytes = (field: number, value: Bytes): Bytes =>
  concat(varint(field * 8 + 2), varint(value.length), value);
export const text = (field: number, value: string): Bytes => bytes(field, utf8.encode(value));
export const message = (field: number, ...parts: Bytes[]): Bytes => bytes(field, concat(...parts));

/** TensorProto.DataType. */
const types = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type Type = keyof typeof types;

/** An open dimension is a name. */
export interface Edge {
  readonly name: string;
  readonly type: Type;
  readonly dims: readonly (number | string)[];
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  /** Integers, lists of integers, or a whole graph. */
  readonly attributes?: Readonly<Record<string, number | readonly number[] | Bytes>>;
}

export interface Constant {
  readonly name: string;
  readonly type: Type;
  readonly dims: readonly number[];
  readonly values: readonly number[];
  /** Says that the values lie in this file. */
  readonly externalFile?: string;
}

export interface Model {
  readonly inputs: readonly Edge[];
  readonly outputs: readonly Edge[];
  readonly nodes: readonly Node[];
  readonly constants?: readonly Constant[];
  readonly opset?: number;
  /** Domains beside ONNX's own. */
  readonly domains?: readonly string[];
}

/** A whole ModelProto. */
export function onnxBytes(model: Model): Bytes {
  return concat(
    int(1, 8),
    text(2, 'a stranger'),
    bytes(7, graphBytes(model)),
    message(8, int(2, model.opset ?? 17)),
    ...(model.domains ?? []).map((domain) => message(8, text(1, domain), int(2, 1))),
  );
}

/** A GraphProto, as it is also nested in an attribute. */
export function graphBytes({ inputs, outputs, nodes, constants = [] }: Model): Bytes {
  return concat(
    ...nodes.map(nodeBytes),
    text(2, 'graph'),
    ...constants.map(constantBytes),
    ...inputs.map((edge) => edgeBytes(11, edge)),
    ...outputs.map((edge) => edgeBytes(12, edge)),
  );
}

function nodeBytes({ op, inputs, outputs, domain, attributes = {} }: Node): Bytes {
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => attributeBytes(name, value)),
    ...(domain === undefined ? [] : [text(7, domain)]),
  );
}

function attributeBytes(name: string, value: number | readonly number[] | Bytes): Bytes {
  if (typeof value === 'number') return message(5, text(1, name), int(3, value), int(20, 2));
  if (value instanceof Uint8Array) return message(5, text(1, name), bytes(6, value), int(20, 5));
  return message(5, text(1, name), ...value.map((item) => int(8, item)), int(20, 7));
}

function constantBytes({ name, type, dims, values, externalFile }: Constant): Bytes {
  const shape = dims.map((size) => int(1, size));
  if (externalFile !== undefined) {
    const location = message(13, text(1, 'location'), text(2, externalFile));
    return message(5, ...shape, int(2, types[type]), text(8, name), location, int(14, 1));
  }
  return message(5, ...shape, int(2, types[type]), text(8, name), bytes(9, rawBytes(type, values)));
}

function rawBytes(type: Type, values: readonly number[]): Bytes {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'float16':
      return new Uint8Array(Float16Array.from(values).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'uint8':
    case 'int8':
    case 'bool':
      return Uint8Array.from(values, (value) => value & 255);
  }
}

function edgeBytes(field: number, { name, type, dims }: Edge): Bytes {
  const shape = dims.map((size) => message(1, typeof size === 'string' ? text(2, size) : int(1, size)));
  return message(field, text(1, name), message(2, message(1, int(1, types[type]), message(2, ...shape))));
}
