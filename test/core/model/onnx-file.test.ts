import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { customOperatorsOf, OnnxFormatError, readOnnxFile } from '../../../core/model/onnx-file.ts';
import {
  bytes,
  concat,
  graphBytes,
  int,
  message,
  onnxBytes,
  text,
  type Model,
} from '../../models/onnx-bytes.ts';
import { custom, customInBranch, externalLogit, imageNet16, logit } from '../../models/strangers.ts';

const whole = onnxBytes(imageNet16);

describe('readOnnxFile', () => {
  test('says operators, opset and size of a file', () => {
    const file = readOnnxFile(whole);
    expect([...file.operators].toSorted()).toEqual([':MatMul', ':ReduceMean']);
    expect(file).toMatchObject({ irVersion: 8, nodeCount: 2, externalData: [] });
    expect(file.opsets.get('')).toBe(17);
  });

  test('reads the project’s own model', () => {
    const model = readFileSync(join(import.meta.dirname, '../../../models/colour-contrast/model.onnx'));
    expect(readOnnxFile(model).nodeCount).toBe(88);
  });

  test('finds values in another file, in a graph, in a branch and in an attribute', () => {
    expect(readOnnxFile(onnxBytes(externalLogit)).externalData).toEqual(['w']);
    const branch = customInBranch(graphBytes(externalLogit));
    expect(readOnnxFile(onnxBytes(branch)).externalData).toEqual(['w', 'w']);
    const tensor = message(5, text(8, 'hidden'), int(14, 1));
    const attribute = message(5, text(1, 'value'), tensor);
    const node = message(1, text(4, 'Constant'), attribute);
    expect(readOnnxFile(concat(int(1, 8), message(7, node))).externalData).toEqual(['hidden']);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('no model at all')],
    ['a file without a graph', concat(int(1, 8), text(2, 'somebody'))],
    ['a length beyond the end', Uint8Array.of(7 * 8 + 2, 200, 1)],
    ['a number without an end', Uint8Array.of(...Array.from({ length: 12 }, () => 0xff))],
    ['a field without a number', Uint8Array.of(0, 0)],
    ['a group', Uint8Array.of(11)],
    ['a model that is cut off', whole.subarray(0, whole.length - 3)],
  ])('rejects %s', (_, given) => {
    expect(() => readOnnxFile(given)).toThrow(OnnxFormatError);
  });

  test('rejects a pointer of Git LFS by its name', () => {
    const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\n');
    expect(() => readOnnxFile(pointer)).toThrow('git lfs pull');
  });

  test('rejects graphs nested without end, before the stack does', () => {
    let graph: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 40; depth += 1) graph = message(1, message(5, bytes(6, graph)));
    expect(() => readOnnxFile(concat(int(1, 8), bytes(7, graph)))).toThrow('nested');
  });

  test('answers or rejects, whatever bytes it is given, and never in another way', () => {
    const damaged = fc
      .tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length))
      .map(([at, byte, length]) => whole.with(at, byte).subarray(0, length));
    const namedEnd = (given: Uint8Array): string => {
      try {
        return readOnnxFile(given).irVersion > 0 ? 'answered' : 'nothing';
      } catch (error) {
        return error instanceof OnnxFormatError ? 'rejected' : String(error);
      }
    };
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (given) => {
        expect(['answered', 'rejected']).toContain(namedEnd(given));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('customOperatorsOf', () => {
  const read = (model: Model) => customOperatorsOf(readOnnxFile(onnxBytes(model)));

  test('names those of other domains, also in a branch', () => {
    expect(read(custom)).toEqual(['com.example:Magic']);
    expect(read(customInBranch(graphBytes(custom)))).toEqual(['com.example:Magic']);
  });

  test('names none of ONNX, and none that the file defines itself', () => {
    expect(read(logit)).toEqual([]);
    const [domain, name] = ['com.example', 'Magic'];
    const defined = message(25, text(1, name), text(10, domain));
    expect(customOperatorsOf(readOnnxFile(concat(onnxBytes(custom), defined)))).toEqual([]);
  });
});
