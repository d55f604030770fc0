import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { InputGeometry } from '../../../core/ports.ts';
import { DecodeTimeoutError } from '../../../lambdas/adapters/decode-timeout.ts';
import { createHeicDecoder } from '../../../lambdas/adapters/heic-decoder.ts';
import { createImageDecoder } from '../../../lambdas/adapters/image-decoder.ts';
import { readFixture } from '../../fixtures/index.ts';
import { readEncoded } from '../../fixtures/make-heif.ts';

const geometry: InputGeometry = { width: 256, height: 256, fit: 'cover', enlarge: false };
const nowhere = { libheifDir: '/nowhere' };

describe('one photo, one thread', () => {
  test('answers twice the size of the model or more, and the size as it is seen', async () => {
    const decoded = await createHeicDecoder().decode(readEncoded('photo'), geometry);
    if (decoded === 'damaged') throw new Error('damaged');
    expect(decoded.upright).toEqual({ width: 1440, height: 960 });
    expect(decoded.shrunk).toMatchObject({ width: 1440, height: 960 });
    const small = await createHeicDecoder().decode(readEncoded('photo'), {
      ...geometry,
      width: 64,
      height: 64,
    });
    if (small === 'damaged') throw new Error('damaged');
    expect(small.shrunk).toMatchObject({ width: 205, height: 137 });
    expect(small.shrunk.data).toHaveLength(205 * 137 * 3);
  });

  test('the bytes of the caller are left as they were', async () => {
    const bytes = readFixture('heic');
    await createHeicDecoder().decode(bytes, geometry);
    expect(bytes).toEqual(readFixture('heic'));
  });

  test('several at once do not meet', async () => {
    const decoder = createHeicDecoder();
    const [one, other] = await Promise.all([
      decoder.decode(readFixture('heic'), geometry),
      decoder.decode(readFixture('heic-turned'), geometry),
    ]);
    expect(one).toMatchObject({ upright: { width: 400, height: 320 } });
    expect(other).toMatchObject({ upright: { width: 320, height: 400 } });
  });

  test('bytes that libheif refuses are damaged', async () => {
    expect(await createHeicDecoder().decode(Uint8Array.of(1, 2, 3), geometry)).toBe('damaged');
  });

  test('rejects when it is stopped in the middle, and the process goes on', async () => {
    const stopped = createHeicDecoder({ timeLimitMs: 1 }).decode(readEncoded('flat-25-megapixels'), geometry);
    await expect(stopped).rejects.toBeInstanceOf(DecodeTimeoutError);
    expect(await createHeicDecoder().decode(readFixture('heic'), geometry)).not.toBe('damaged');
  });

  test("the thread's copy of the photo is zeroed, whatever became of the thread", async () => {
    // A thread that answers with the very memory that it was given.
    const source = `import { parentPort, workerData } from 'node:worker_threads';
      const photo = new Uint8Array(workerData.input);
      parentPort.postMessage({ ok: true, upright: { width: photo[0], height: 1 }, data: photo });`;
    const worker = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    const decoded = await createHeicDecoder({ worker }).decode(Uint8Array.of(7, 8, 9), geometry);
    expect(decoded).toMatchObject({ upright: { width: 7 }, shrunk: { data: Uint8Array.of(0, 0, 0) } });
  });

  test('rejects when a thread ends without an answer', async () => {
    const worker = new URL('data:text/javascript,process.exit(0)');
    await expect(createHeicDecoder({ worker }).decode(readFixture('heic'), geometry)).rejects.toThrow(
      'without an answer',
    );
  });

  test('rejects when libheif is not there: that is no fault of the photo', async () => {
    await expect(createHeicDecoder(nowhere).decode(readFixture('heic'), geometry)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    const worker = pathToFileURL('/nowhere/heic-worker.mjs');
    await expect(createHeicDecoder({ worker }).decode(readFixture('heic'), geometry)).rejects.toThrow(Error);
  });

  test('nothing of it is loaded for a JPEG or an AVIF', async () => {
    const decoder = createImageDecoder({ threads: 1, heic: nowhere });
    expect(await decoder.decode(readFixture('skin-blob'), geometry)).toMatchObject({ ok: true });
    expect(await decoder.decode(readFixture('avif'), geometry)).toMatchObject({ ok: true });
    await expect(decoder.decode(readFixture('heic'), geometry)).rejects.toThrow(Error);
  });
});
