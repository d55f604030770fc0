import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseManifest } from '../../core/model/manifest.ts';
import { buildFiles } from '../../models/colour-contrast/build.ts';

const folder = join(import.meta.dirname, '../../models/colour-contrast');
const built = buildFiles();

test.each(['model.onnx', 'manifest.json'] as const)('%s is what the build script writes', (file) => {
  expect(Buffer.from(built[file]).equals(readFileSync(join(folder, file)))).toBe(true);
});

test('it is tiny, and says what it says in words of the photo alone', () => {
  const manifest = parseManifest(JSON.parse(new TextDecoder().decode(built['manifest.json'])));
  expect(built['model.onnx'].length).toBeLessThan(10_000);
  const said = JSON.stringify([manifest.bands, manifest.advice]);
  expect(said).not.toMatch(/disease|diagnos|cancer|melanoma|infection|risk|symptom|lesion|treat|score/i);
});
