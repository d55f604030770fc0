/** The scan command as a child process, against a server that speaks the contract. */
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractServer, type Ending } from '../client/contract-server.ts';
import { runScan, startScan, type Start } from './run-scan.ts';

let folder: string;
const file = (name: string) => join(folder, name);
const jpeg = (...rest: number[]) => Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...rest]);
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-scan-'));
  await mkdir(file('folder/inner'), { recursive: true });
  await Promise.all([
    writeFile(file('clear.jpg'), jpeg(1)),
    writeFile(file('dark.jpg'), jpeg(2)),
    writeFile(file('broken.jpg'), jpeg(3)),
    writeFile(file('notes.txt'), 'no image'),
    writeFile(file('empty.jpg'), ''),
    writeFile(file('huge.jpg'), jpeg(9)),
    writeFile(file('folder/b.JPG'), jpeg(5)),
    writeFile(file('folder/inner/a.png'), png),
    writeFile(file('folder/notes.txt'), 'no image'),
  ]);
  await truncate(file('huge.jpg'), 3_000_000_000);
});
afterAll(async () => rm(folder, { recursive: true }));

const tooDark: Ending = {
  state: 'inconclusive',
  reason: 'too-dark',
  message: 'The photo is too dark. Nothing was charged.',
  charged: false,
};
const corrupt: Ending = {
  state: 'rejected',
  reason: 'corrupt-image',
  message: 'The photo’s file is damaged. Nothing was charged.',
  charged: false,
};

let server: ContractServer;
beforeEach(async () => {
  server = await ContractServer.start();
  const otherwise = server.endingOf;
  server.endingOf = (bytes) => ({ 2: tooDark, 3: corrupt })[bytes[4] ?? 0] ?? otherwise(bytes);
});
afterEach(async () => server.stop());

/** Runs the command in the folder of the photos, on the server of the test. */
const scan = async (args: readonly string[], start: Start = {}) =>
  runScan([...args, '--api', server.url], { cwd: folder, ...start });

describe('exit codes', () => {
  it('is 0 when every photo was looked at, also when the model cannot tell', async () => {
    expect(await scan(['clear.jpg', 'dark.jpg'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('is 1 when one was rejected', async () => {
    const end = await scan(['clear.jpg', 'broken.jpg']);
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('Cannot be used: corrupt image: The photo’s file is damaged.');
  });

  it('is 2 for wrong usage, with a sentence on standard error', async () => {
    const end = await scan(['clear.jpg', '--quick']);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toContain("Unknown option '--quick'");
    expect(end.stderr).toContain('npm run scan -- --help');
  });

  it('is 2 for a file that is not there, before anything is sent', async () => {
    const end = await scan(['clear.jpg', 'gone.jpg']);
    expect(end).toEqual({ code: 2, stdout: '', stderr: 'gone.jpg: there is no such file or folder.\n' });
    expect(server.requests).toEqual([]);
  });

  it('is 3 when nothing answers, and says what to do', async () => {
    const { url } = server;
    await server.stop();
    const end = await runScan([file('clear.jpg'), '--api', url]);
    server = await ContractServer.start();
    expect(end).toEqual({
      code: 3,
      stdout: '',
      stderr: `Nothing answers at ${url}. Start onceover with "npm start", or name another system with --api URL.\n`,
    });
  });

  it('is 3 when there is no token to be had', async () => {
    server.issuedToken = undefined;
    const end = await scan(['clear.jpg']);
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('Set ONCEOVER_TOKEN or use --token TOKEN.');
  });

  it('is 3 when the token is refused, which is never printed', async () => {
    const env = { ONCEOVER_TOKEN: 'canary-token' };
    const end = await scan(['clear.jpg', 'dark.jpg', '--concurrency', '1'], { env });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('does not accept the token');
    expect(end.stderr).toContain('Stopped: 1 photo was left undone.');
    expect(end.stdout + end.stderr).not.toContain('canary-token');
    expect(server.seen('POST /v1/scans')[0]?.headers.authorization).toBe('Bearer canary-token');
  });

  it('is 3 when something else answers', async () => {
    server.fail('GET /v1/policy', { kind: 'answer', status: 200, body: '<html>' });
    const end = await scan(['clear.jpg']);
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('does not answer like onceover');
  });

  it('is 3 when the system goes away in the middle, and keeps the results so far', async () => {
    const gateway = { kind: 'answer', status: 502, body: '<html>', headers: { 'retry-after': '0' } } as const;
    server.endingOf = () => {
      server.fail('POST /v1/scans', gateway, gateway, gateway, gateway);
      return tooDark;
    };
    const end = await scan(['clear.jpg', 'dark.jpg', 'broken.jpg', '--concurrency', '1']);
    expect(end.code).toBe(3);
    expect(end.stdout).toContain('cannot tell: too dark');
    expect(end.stdout).toContain('connection lost');
    expect(end.stderr).toContain('1 photo was left undone');
  });

  it('is 130 after Ctrl-C, with what was done so far', async () => {
    let running: ReturnType<typeof startScan> | undefined;
    server.endingOf = () => {
      server.fail('POST /v1/scans', { kind: 'hang', onArrival: () => running?.interrupt() });
      return corrupt;
    };
    const photos = ['clear.jpg', 'dark.jpg', 'broken.jpg'];
    running = startScan([...photos, '--concurrency', '1', '--json', '--api', server.url], { cwd: folder });
    const end = await running.end;
    expect(end).toMatchObject({ code: 130, stderr: 'Stopped: 2 photos were left undone.\n' });
    expect(end.stdout.trim().split('\n')).toHaveLength(1);
  });
});

describe('what it prints', () => {
  it('is a table, a sentence for each result and the advice once, with no colours where nobody sees them', async () => {
    const end = await scan(['clear.jpg', 'dark.jpg', 'broken.jpg', 'notes.txt', 'empty.jpg', 'folder/b.JPG']);
    expect(end.stdout).toMatchSnapshot();
  });

  it('has colours when they are asked for, and none with NO_COLOR', async () => {
    const colours = await scan(['clear.jpg'], { env: { FORCE_COLOR: '1' } });
    expect(colours.stdout).toContain('\u001B[32m');
    const plain = await scan(['clear.jpg'], { env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001B');
  });

  it('is one JSON object a line with --json, and nothing else', async () => {
    const end = await scan(['clear.jpg', 'broken.jpg', 'notes.txt', '--json', '--concurrency', '1']);
    const lines = end.stdout.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        photo: 'clear.jpg',
        state: 'completed',
        band: 'no-clear-difference',
        message: 'No clear colour difference was found in the photo.',
        charged: true,
        imageLivedMs: 412,
        deletedAt: expect.any(String),
        deletionVerified: true,
        scanId: expect.stringMatching(/^[\w-]{22}$/),
        model: expect.objectContaining({ name: 'test-model' }),
      },
      expect.objectContaining({ state: 'rejected', reason: 'corrupt-image', charged: false }),
      {
        photo: 'notes.txt',
        state: 'refused',
        code: 'unsupported-content-type',
        status: 422,
        reference: 'ref-7K2M',
        message: expect.stringContaining('JPEG, PNG, WebP, HEIC or AVIF'),
      },
    ]);
    expect(end.stderr).toBe('');
  });

  it('is help on standard output', async () => {
    const end = await runScan(['--help']);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('npm run scan -- PHOTO... [options]');
  });
});

describe('what it sends', () => {
  it('is the images of a folder and of the folders in it, byte for byte, and never a file name', async () => {
    const end = await scan(['folder', '--json', '--name', 'Left arm']);
    expect(end.code).toBe(0);
    expect([...server.uploads.values()].map(String).sort()).toEqual([String(png), String(jpeg(5))].sort());
    expect(JSON.stringify(server.requests)).not.toMatch(/folder|b\.JPG|a\.png/);
  });

  it('is nothing of a photo over the limit, whose three gigabytes are not even read', async () => {
    const end = await scan(['huge.jpg', 'clear.jpg']);
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('refused: too many bytes');
    expect(end.stdout).toContain('no clear difference');
    expect(server.seen('POST /v1/scans')).toHaveLength(1);
  });

  it('is nothing more once the plan is used up, and it says how many photos are left undone', async () => {
    server.scansLeft = 1;
    const end = await scan(['clear.jpg', 'dark.jpg', 'broken.jpg', 'folder/b.JPG', '--concurrency', '1']);
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('Stopped: 2 photos were left undone. Every scan of your plan is used.');
    expect(server.seen('POST /v1/scans')).toHaveLength(2);
  });
});

it('rejects a Node below 24 with a sentence', async () => {
  const pretend = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"22.18.0"})';
  const end = await runScan(['--help'], { nodeArgs: ['--import', pretend] });
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toContain('onceover needs Node 24 or newer and this is Node 22.18.0.');
});
