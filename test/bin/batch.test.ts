/** Batches through the scan command: killed in the middle, resumed, summarised. */
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContractServer } from '../client/contract-server.ts';
import { runScan, startScan } from './run-scan.ts';

let folder: string;
let server: ContractServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-batch-'));
  server = await ContractServer.start();
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** So many photos, each with bytes of its own. */
async function givenPhotos(count: number): Promise<void> {
  await mkdir(join(folder, 'photos'));
  const write = (_: unknown, at: number) =>
    writeFile(
      join(folder, 'photos', `photo-${String(at).padStart(4, '0')}.jpg`),
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(200, `photo ${at} `)]),
    );
  await Promise.all(Array.from({ length: count }, write));
}

const batch = ['photos', '--resume', 'batch.journal', '--json', '--concurrency', '8'];
const args = () => [...batch, '--api', server.url];
const journal = () => readFile(join(folder, 'batch.journal'), 'utf8');
const keysAsked = () =>
  server.seen('POST /v1/scans').map(({ headers }) => String(headers['idempotency-key']));
const resultsOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

describe('a batch with a journal', () => {
  it('killed in the middle asks for the same scans again and sends no photo twice', async () => {
    const photos = 200;
    await givenPhotos(photos);
    const usual = server.endingOf;
    let running: ReturnType<typeof startScan> | undefined;
    let ended = 0;
    server.endingOf = (bytes) => {
      ended += 1;
      if (ended === 90) running?.kill();
      return usual(bytes);
    };
    running = startScan(args(), { cwd: folder });
    expect((await running.end).code).toBeNull();
    const before = new Set(server.uploads.keys());
    expect(before.size).toBeLessThan(photos);
    const sentBefore = server.seen('PUT upload').length;

    const end = await runScan(args(), { cwd: folder });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(resultsOf(end.stdout)).toHaveLength(photos);
    expect(server.uploads.size).toBe(photos);
    expect(new Set(keysAsked()).size).toBe(photos);
    const sentAgain = server.seen('PUT upload').slice(sentBefore);
    for (const { path } of sentAgain) expect(before).not.toContain(path.split('/')[2]?.split('?')[0]);
    expect(sentAgain).toHaveLength(photos - before.size);
  });

  it('run to its end once only reads the results the next time', async () => {
    await givenPhotos(12);
    await runScan(args(), { cwd: folder });
    const asked = server.requests.length;
    const again = await runScan(args(), { cwd: folder });
    expect(again.code).toBe(0);
    expect(resultsOf(again.stdout)).toHaveLength(12);
    const routes = server.requests.slice(asked).map(({ route }) => route);
    expect(routes.filter((route) => route === 'GET /v1/scans/{id}')).toHaveLength(12);
    expect(routes).not.toContain('POST /v1/scans');
    expect(routes).not.toContain('PUT upload');
  });

  it('asks anew for a photo that changed, and for no other', async () => {
    await givenPhotos(10);
    await runScan(args(), { cwd: folder });
    await writeFile(join(folder, 'photos', 'photo-0003.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 7]));
    expect((await runScan(args(), { cwd: folder })).code).toBe(0);
    expect(new Set(keysAsked()).size).toBe(11);
    expect(server.uploads.size).toBe(11);
  });

  it('asks anew where the first ticket ran out before the photo was sent', async () => {
    await givenPhotos(1);
    server.uploadSeconds = 0;
    expect((await runScan(args(), { cwd: folder })).code).toBe(1);
    server.uploadSeconds = 60;
    const end = await runScan(args(), { cwd: folder });
    expect(end.code).toBe(0);
    expect(server.uploads.size).toBe(1);
  });

  it('says in its first line what it is, and holds names, digests, keys and scan ids, nothing else', async () => {
    await givenPhotos(3);
    await runScan(args(), { cwd: folder, env: { ONCEOVER_TOKEN: 'good-token' } });
    const text = await journal();
    const [first = '', ...lines] = text.trimEnd().split('\n');
    expect(JSON.parse(first)).toMatchObject({ onceover: 'batch journal', version: 1 });
    const fields = new Set(lines.flatMap((line) => Object.keys(Object(JSON.parse(line)))));
    expect([...fields].toSorted()).toEqual(['idempotencyKey', 'photo', 'scanId', 'sha256']);
    expect(text).not.toContain('good-token');
    expect(text).not.toContain(folder);
    expect(text).not.toContain('no-clear-difference');
  });

  it('notes a photo before its ticket is asked for', async () => {
    await givenPhotos(1);
    let noted: Promise<string> | undefined;
    let running: ReturnType<typeof startScan> | undefined;
    const onArrival = () => {
      noted = journal().finally(() => running?.kill());
    };
    server.fail('POST /v1/scans', { kind: 'hang', onArrival });
    running = startScan(args(), { cwd: folder });
    await running.end;
    expect(await noted).toContain('"photo":"photos/photo-0000.jpg"');
  });

  it('goes on from a journal whose last line a kill cut off', async () => {
    await givenPhotos(4);
    await runScan(args(), { cwd: folder });
    const text = await journal();
    await writeFile(join(folder, 'batch.journal'), `${text}{"photo":"photos/photo-00`);
    expect((await runScan(args(), { cwd: folder })).code).toBe(0);
    expect(await journal()).toBe(text);
  });

  it('rejects a file that is no journal, and leaves it as it is', async () => {
    await givenPhotos(1);
    for (const text of ['my notes\n', '{"onceover":"something else"}\n', 'no line break']) {
      await writeFile(join(folder, 'batch.journal'), text);
      const end = await runScan(args(), { cwd: folder });
      expect(end).toMatchObject({ code: 2, stdout: '' });
      expect(end.stderr).toContain('is not a journal of onceover');
      expect(await journal()).toBe(text);
    }
    expect(server.seen('POST /v1/scans')).toEqual([]);
  });
});

describe('a large batch', () => {
  it('ends with a plot of results and times instead of a row a photo', async () => {
    await givenPhotos(60);
    const usual = server.endingOf;
    server.endingOf = (bytes) =>
      bytes.includes('photo 7 ')
        ? { state: 'rejected', reason: 'corrupt-image', message: 'Damaged.', charged: false }
        : usual(bytes);
    const end = await runScan(['photos', '--api', server.url], { cwd: folder });
    expect(end.code).toBe(1);
    expect(end.stdout).toMatch(/60 photos in .* \(.* a second\), 59 charged/);
    expect(end.stdout).toMatch(/How they ended\n {2}no clear difference +59 {2}#{40}\n/);
    expect(end.stdout).toMatch(/cannot be used: corrupt image +1 {2}#\n/);
    expect(end.stdout).toMatch(/up to 500 ms {2}60 {2}#{40}\n\n {2}p50 412 ms, p99 412 ms, longest 412 ms/);
    expect(end.stdout).toContain('photo-0007.jpg');
    expect(end.stdout).not.toContain('photo-0008.jpg');
  });
});
