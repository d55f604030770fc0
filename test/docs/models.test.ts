/** docs/models.md: its manifests are valid and work with the models they are for, its commands are commands. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { points } from '../../bin/model/checks.ts';
import { parseCommand as parseEvaluate } from '../../bin/evaluate/options.ts';
import { parseCommand as parseModel } from '../../bin/model/options.ts';
import { loadAnalyzer } from '../../lambdas/adapters/onnx-analyzer.ts';
import { modelLoadCodes } from '../../lambdas/adapters/model-load-error.ts';
import { givenModel, imageNet16, int8, logit } from '../models/strangers.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/models.md'), 'utf8');
const models = { imageNet16, logit, int8 };

const manifests = [...page.matchAll(/<!-- manifest: (\w+) -->\n```json\n([\s\S]+?)```/g)].map(
  ([, name = '', json = '']) => [name, json] as const,
);

test('there is a manifest for each model of the page', () => {
  expect(manifests.map(([name]) => name)).toEqual(Object.keys(models));
});

test.each(manifests)('the manifest of %s loads its model, and a photo gets a word', async (name, json) => {
  const model = Object.entries(models).find(([known]) => known === name)?.[1] ?? logit;
  const dir = await givenModel(model, (bytes) => ({
    ...Object(JSON.parse(json)),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  const analyzer = await loadAnalyzer(dir, { threads: 1, unevaluated: 'may-answer' });
  const { width, height } = analyzer.geometry;
  const noise = (at: number): number => (at * 2654435761) >>> 24;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) =>
    at % 3 === 0 ? 200 + (noise(Math.floor(at / 3)) >>> 3) : 30,
  );
  const finding = await analyzer.analyze({ width, height, data });
  expect(finding).not.toMatchObject({ reason: 'model-error' });
});

describe('the commands', () => {
  const lines = [...page.matchAll(/<!-- commands -->\n```bash\n([\s\S]+?)```/g)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  const argsOf = (line: string): readonly string[] =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(4);

  test.each(lines.filter((line) => line.startsWith('npm run model')))('%s', (line) => {
    expect(parseModel(argsOf(line)).kind).toMatch(/^(?:new|check)$/);
  });

  test.each(lines.filter((line) => line.startsWith('npm run evaluate')))('%s', (line) => {
    expect(parseEvaluate(argsOf(line)).kind).toBe('evaluate');
  });
});

test('every code of a refusal is on the page, and as many points as there are', () => {
  for (const code of modelLoadCodes) expect(page).toContain(`\`${code}\``);
  expect(Object.keys(points)).toHaveLength(19);
  expect(page).toContain('nineteen\npoints');
});
