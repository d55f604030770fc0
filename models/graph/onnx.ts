/**
 * Writes ONNX files: the few protobuf messages of onnx.proto that these graphs need, and a builder that
 * names nodes in order, so that the same graph is always the same bytes. Used when building, never at run time.
 */

type Bytes = Uint8Array;

const utf8 = new TextEncoder();

/** Wire format, protobuf "Encoding": base-128 varints, little end first. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

/** A field of wire type 0. */
const int = (field: number, value: number): Bytes => concat([varint(field << 3), varint(value)]);
/** A field of wire type 2: text, raw bytes or a message. */
const bytes = (field: number, value: Bytes): Bytes =>
  concat([varint((field << 3) | 2), varint(value.byteLength), value]);
const text = (field: number, value: string): Bytes => bytes(field, utf8.encode(value));
const message = (field: number, ...parts: Bytes[]): Bytes => bytes(field, concat(parts));

function concat(parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}

/** TensorProto.DataType. */
const dataTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const;
type DataType = keyof typeof dataTypes;

/** Integers or lists of integers; these graphs need no other attribute. */
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** A named tensor on the edge of the graph. */
export interface EdgeTensor {
  readonly name: string;
  readonly type: 'float32' | 'uint8';
  readonly dims: readonly number[];
}

/** Collects nodes and constants; each method returns the name of the first tensor that it makes. */
export interface GraphBuilder {
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
    outputs?: readonly string[],
  ): string;
  floats(values: readonly number[], dims?: readonly number[]): string;
  integers(values: readonly number[], dims?: readonly number[]): string;
  /** A float32 constant from stored bytes, little end first; of float16 the graph keeps the bytes and a Cast. */
  stored(type: 'float16' | 'float32', bytes: Bytes, dims: readonly number[]): string;
}

/** What an ONNX file says beside its nodes. */
export interface GraphHeader {
  readonly name: string;
  readonly version: string;
  readonly opset: number;
  readonly input: EdgeTensor;
  readonly outputs: readonly EdgeTensor[];
}

/** Serialises the graph that `define` builds as a ModelProto. */
export function writeModel(header: GraphHeader, define: (builder: GraphBuilder) => void): Bytes {
  const nodes: Bytes[] = [];
  const initializers: Bytes[] = [];
  const constant = (type: DataType, dims: readonly number[], raw: Bytes): string => {
    const name = `c${initializers.length}`;
    initializers.push(
      message(5, ...dims.map((dim) => int(1, dim)), int(2, dataTypes[type]), text(8, name), bytes(9, raw)),
    );
    return name;
  };
  const node: GraphBuilder['node'] = (operator, inputs, attributes = {}, outputs = []) => {
    const first = outputs[0] ?? `t${nodes.length}`;
    nodes.push(nodeMessage(operator, inputs, attributes, [first, ...outputs.slice(1)]));
    return first;
  };
  define({
    node,
    floats: (values, dims = [values.length]) => constant('float32', dims, littleEndianFloats(values)),
    integers: (values, dims = [values.length]) => constant('int64', dims, littleEndianInt64(values)),
    stored(type, raw, dims) {
      const name = constant(type, dims, raw);
      return type === 'float32' ? name : node('Cast', [name], { to: dataTypes.float32 });
    },
  });
  const irVersion = 8;
  return concat([
    int(1, irVersion),
    text(2, 'onceover'),
    text(3, header.version),
    message(
      7,
      ...nodes,
      text(2, header.name),
      ...initializers,
      valueInfo(11, header.input),
      ...header.outputs.map((output) => valueInfo(12, output)),
    ),
    message(8, int(2, header.opset)),
  ]);
}

function nodeMessage(
  operator: string,
  inputs: readonly string[],
  attributes: Attributes,
  outputs: readonly string[],
): Bytes {
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${operator}_${outputs[0]}`),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => attributeMessage(name, value)),
  );
}

/** AttributeProto: `i` with type INT (2), or `ints` with type INTS (7). */
function attributeMessage(name: string, value: number | readonly number[]): Bytes {
  if (typeof value === 'number') return message(5, text(1, name), int(3, value), int(20, 2));
  return message(5, text(1, name), ...value.map((item) => int(8, item)), int(20, 7));
}

function valueInfo(field: number, { name, type, dims }: EdgeTensor): Bytes {
  const shape = message(2, ...dims.map((dim) => message(1, int(1, dim))));
  return message(field, text(1, name), message(2, message(1, int(1, dataTypes[type]), shape)));
}

function littleEndianFloats(values: readonly number[]): Bytes {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

function littleEndianInt64(values: readonly number[]): Bytes {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [index, value] of values.entries()) view.setBigInt64(index * 8, BigInt(value), true);
  return new Uint8Array(view.buffer);
}
