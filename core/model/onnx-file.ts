/**
 * What an ONNX file asks for, read before any runtime opens it: operators and their domains, data outside the file,
 * functions of its own. A walk over the protobuf wire format, for files of unknown origin: every read is
 * bounds-checked, every step moves forward, nothing is copied. Pure; it does not say whether a graph is sound.
 */

/** The file is no ONNX model, or is cut off. */
export class OnnxFormatError extends Error {
  override readonly name = 'OnnxFormatError';
  readonly code = 'onnx-format';
}

/** Summary of a file. */
export interface OnnxFile {
  readonly irVersion: number;
  /** Opset version by domain; '' is ONNX itself. */
  readonly opsets: ReadonlyMap<string, number>;
  /** `domain:Operator` of every node, wherever it is nested. */
  readonly operators: ReadonlySet<string>;
  /** `domain:Name` of functions that the file defines itself. */
  readonly functions: ReadonlySet<string>;
  /** Names of tensors whose values are kept in another file. */
  readonly externalData: readonly string[];
  readonly nodeCount: number;
}

/** Subgraphs inside subgraphs: more than this no exporter writes. */
const deepest = 32;

/** How a file begins that was left in a large-file store. */
const lfsPointer = 'version https://git-lfs.github.com/spec/';

/** Reads the summary; throws an `OnnxFormatError`. */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const found = {
    irVersion: 0,
    opsets: new Map<string, number>(),
    operators: new Set<string>(),
    functions: new Set<string>(),
    externalData: [] as string[],
    nodeCount: 0,
  };
  if (textOf(bytes.subarray(0, lfsPointer.length)) === lfsPointer) {
    throw new OnnxFormatError('it is a pointer of Git LFS that stands for the file (git lfs pull)');
  }
  let hasGraph = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1 && field.wire === 0) found.irVersion = field.value;
    if (field.number === 8 && field.wire === 2) readOpset(field.bytes, found.opsets);
    if (field.number === 7 && field.wire === 2) {
      hasGraph = true;
      readGraph(field.bytes, found, 0);
    }
    if (field.number === 25 && field.wire === 2) readFunction(field.bytes, found);
  }
  if (!hasGraph || found.irVersion < 1) throw new OnnxFormatError('there is no graph in the file');
  return found;
}

interface Found {
  readonly operators: Set<string>;
  readonly functions: Set<string>;
  readonly externalData: string[];
  nodeCount: number;
}

function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1 && field.wire === 2) domain = textOf(field.bytes);
    if (field.number === 2 && field.wire === 0) version = field.value;
  }
  opsets.set(domain === 'ai.onnx' ? '' : domain, version);
}

/** GraphProto: node 1, initializer 5, sparse_initializer 15. */
function readGraph(bytes: Uint8Array, found: Found, depth: number): void {
  if (depth > deepest) throw new OnnxFormatError(`its graphs are nested more than ${deepest} deep`);
  for (const field of fieldsOf(bytes)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) readNode(field.bytes, found, depth);
    if (field.number === 5) readTensor(field.bytes, found);
    if (field.number === 15) readSparse(field.bytes, found);
  }
}

/** NodeProto: op_type 4, attribute 5, domain 7. */
function readNode(bytes: Uint8Array, found: Found, depth: number): void {
  let operator = '';
  let domain = '';
  for (const field of fieldsOf(bytes)) {
    if (field.wire !== 2) continue;
    if (field.number === 4) operator = textOf(field.bytes);
    if (field.number === 7) domain = textOf(field.bytes);
    if (field.number === 5) readAttribute(field.bytes, found, depth);
  }
  found.nodeCount += 1;
  found.operators.add(`${domain === 'ai.onnx' ? '' : domain}:${operator}`);
}

/** AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse_tensor 22, sparse_tensors 23. */
function readAttribute(bytes: Uint8Array, found: Found, depth: number): void {
  for (const field of fieldsOf(bytes)) {
    if (field.wire !== 2) continue;
    if (field.number === 5 || field.number === 10) readTensor(field.bytes, found);
    if (field.number === 6 || field.number === 11) readGraph(field.bytes, found, depth + 1);
    if (field.number === 22 || field.number === 23) readSparse(field.bytes, found);
  }
}

/** TensorProto: name 8, external_data 13, data_location 14 (1: EXTERNAL). */
function readTensor(bytes: Uint8Array, found: Found): void {
  let name = '';
  let isExternal = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 8 && field.wire === 2) name = textOf(field.bytes);
    if (field.number === 13 && field.wire === 2) isExternal = true;
    if (field.number === 14 && field.wire === 0 && field.value === 1) isExternal = true;
  }
  if (isExternal) found.externalData.push(name);
}

/** SparseTensorProto: values 1, indices 2. */
function readSparse(bytes: Uint8Array, found: Found): void {
  for (const field of fieldsOf(bytes)) {
    if (field.wire === 2 && (field.number === 1 || field.number === 2)) readTensor(field.bytes, found);
  }
}

/** FunctionProto: name 1, node 7, domain 10. */
function readFunction(bytes: Uint8Array, found: Found): void {
  let name = '';
  let domain = '';
  for (const field of fieldsOf(bytes)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) name = textOf(field.bytes);
    if (field.number === 10) domain = textOf(field.bytes);
    if (field.number === 7) readNode(field.bytes, found, 0);
  }
  found.functions.add(`${domain}:${name}`);
}

type Field =
  | { readonly number: number; readonly wire: 0; readonly value: number }
  | { readonly number: number; readonly wire: 2; readonly bytes: Uint8Array }
  | { readonly number: number; readonly wire: 1 | 5 };

/** The fields of one message (protobuf "Encoding"): varint, 8 bytes, length-delimited, 4 bytes; groups are refused. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < bytes.length) {
    const key = varintAt(bytes, at);
    at = key.end;
    const number = Math.floor(key.value / 8);
    const wire = key.value % 8;
    if (number === 0) throw new OnnxFormatError('it is no protobuf: a field has the number 0');
    if (wire === 0) {
      const { value, end } = varintAt(bytes, at);
      at = end;
      yield { number, wire, value };
    } else if (wire === 2) {
      const { value: length, end } = varintAt(bytes, at);
      if (length > bytes.length - end) throw cutOff();
      at = end + length;
      yield { number, wire, bytes: bytes.subarray(end, at) };
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
      if (at > bytes.length) throw cutOff();
      yield { number, wire };
    } else {
      throw new OnnxFormatError(`it is no protobuf: a field has the wire type ${wire}`);
    }
  }
}

/** At most 10 bytes; numbers past 2^53 (negative ones) lose digits, which nothing here depends on. */
function varintAt(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, weight = 1; at < start + 10; at += 1, weight *= 128) {
    const byte = bytes[at];
    if (byte === undefined) throw cutOff();
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new OnnxFormatError('it is no protobuf: a number has no end');
}

function cutOff(): OnnxFormatError {
  return new OnnxFormatError('the file is cut off, or is no ONNX model');
}

const utf8 = new TextDecoder();

/** Names only; a long one is cut, since it is shown. */
function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes.subarray(0, 200));
}

/** Operators that onnxruntime brings along; any other needs a library, which is never loaded. */
const builtInDomains: ReadonlySet<string> = new Set(['', 'ai.onnx.ml', 'com.microsoft']);

/** Operators of the file that neither the runtime nor the file itself defines, as `domain:Operator`. */
export function customOperatorsOf({ operators, functions }: OnnxFile): readonly string[] {
  return [...operators].filter(
    (operator) =>
      !functions.has(operator) && !builtInDomains.has(operator.slice(0, operator.lastIndexOf(':'))),
  );
}
