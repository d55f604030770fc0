import { createHash } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { maxModelBytes, readModelFiles } from '../../../lambdas/adapters/model-files.ts';
import { onnxBytes } from '../../models/onnx-bytes.ts';
import { byLogit, givenModel, logit, manifestOf } from '../../models/strangers.ts';

const given = () =>
  givenModel(logit, (bytes) =>
    manifestOf(bytes, {}, { logit: { dtype: 'float32', shape: [1, 1] } }, byLogit),
  );
const digest = createHash('sha256').update(onnxBytes(logit)).digest('hex');

describe('readModelFiles', () => {
  test('reads a model that is the pinned one', async () => {
    const { manifest, onnx } = await readModelFiles(await given(), { pinnedDigest: digest });
    expect(manifest.sha256).toBe(digest);
    expect(onnx.nodeCount).toBe(2);
  });

  test('rejects a file that this deployment was not made for', async () => {
    await expect(readModelFiles(await given(), { pinnedDigest: 'd'.repeat(64) })).rejects.toMatchObject({
      code: 'model-digest-not-pinned',
      message: expect.stringContaining('Deploy again'),
    });
  });

  test('rejects a file that is too large, before it is read', async () => {
    const dir = await given();
    await truncate(join(dir, 'model.onnx'), maxModelBytes + 1);
    await expect(readModelFiles(dir)).rejects.toMatchObject({
      code: 'model-too-large',
      message: expect.stringContaining('128.0 MiB'),
    });
  });

  test('rejects a manifest that is no JSON, and names every problem of one that is not valid', async () => {
    const dir = await given();
    await writeFile(join(dir, 'manifest.json'), '{');
    await expect(readModelFiles(dir)).rejects.toMatchObject({ code: 'model-manifest-invalid' });
    await writeFile(join(dir, 'manifest.json'), '{"format": 2, "nam": "x"}');
    await expect(readModelFiles(dir)).rejects.toMatchObject({
      code: 'model-manifest-invalid',
      message: expect.stringMatching(
        /manifest\.schema\.json[\s\S]*"nam"[\s\S]*at sha256|at sha256[\s\S]*"nam"/,
      ),
    });
  });

  test('rejects a folder without a manifest', async () => {
    await expect(readModelFiles('/no/such/folder')).rejects.toMatchObject({ code: 'model-unreadable' });
  });
});
