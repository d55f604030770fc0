/** The client as a stranger gets it: packed, installed offline into an empty project, compiled against and run. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient } from '../../bin/client-package.ts';
import { ContractServer } from './contract-server.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
let project: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-client-'));
  await buildClient(join(folder, 'package'));
  // A cache of its own and no registry: nothing can come along.
  const npm = (args: readonly string[], cwd: string) =>
    run('npm', [...args, '--cache', join(folder, 'cache'), '--no-audit', '--no-fund', '--offline'], { cwd });
  await npm(['pack', '--pack-destination', folder], join(folder, 'package'));
  project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }');
  const { version } = await manifest(join(folder, 'package'));
  await npm(['install', join(folder, `onceover-client-${version}.tgz`)], project);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function manifest(at: string): Promise<{ readonly version: string; readonly dependencies?: unknown }> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, or npm's
  return JSON.parse(await readFile(join(at, 'package.json'), 'utf8')) as { version: string };
}

/** What the compiler says of a stranger's file, under the strictest of settings and with every library checked. */
async function compile(code: string, platform: object): Promise<string> {
  await writeFile(join(project, 'mine.ts'), code);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2024',
    skipLibCheck: false,
    ...platform,
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['mine.ts'] }));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [compiler, '-p', project]).then(
    () => '',
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  );
}

const browser = { lib: ['es2024', 'esnext', 'dom', 'dom.iterable'], types: [] };

describe('the packed client', () => {
  it('depends on nothing', async () => {
    expect((await manifest(join(project, 'node_modules/onceover-client'))).dependencies).toBeUndefined();
  });

  it('has types that need no other package, in a browser', async () => {
    const code = `
      import { createClient, createSession, OnceoverApiError, type Me, type ScanView } from 'onceover-client';
      const session = createSession({ baseUrl: '', keep: 'cookie' });
      const client = createClient({ baseUrl: '', getToken: session.getToken });
      export async function show(): Promise<string> {
        try {
          const me: Me = await client.me();
          for await (const page of client.history()) {
            const [scan]: readonly ScanView[] = page;
            if (scan?.state === 'completed') return scan.band ?? '';
          }
          const { feedback } = await client.feedback();
          for (const { id, answers } of feedback) if (answers['clear'] === 1) await client.deleteFeedback(id);
          return me.policy.currentVersion;
        } catch (error) {
          return error instanceof OnceoverApiError && error.code === 'unauthenticated' ? 'sign in' : 'later';
        }
      }`;
    expect(await compile(code, browser)).toBe('');
  });

  it('rejects what the API does not know', async () => {
    const wrong = `
      import { createClient } from 'onceover-client';
      const client = createClient({ baseUrl: '', getToken: () => undefined });
      await client.sendMessage('complaint', 'x');
      (await client.me()).passport;`;
    const verdict = await compile(wrong, browser);
    expect(verdict).toContain(`Argument of type '"complaint"' is not assignable`);
    expect(verdict).toContain("Property 'passport' does not exist");
  });

  it('runs in Node, from a photo to a result', async () => {
    const server = await ContractServer.start();
    try {
      const code = `
        import { createClient } from 'onceover-client';
        const baseUrl = process.argv[2];
        const getToken = async () => (await (await fetch(baseUrl + '/local/token', { method: 'POST' })).json()).accessToken;
        const client = createClient({ baseUrl, getToken });
        const scan = await client.scanPhoto({ bytes: new Uint8Array(1000).fill(7), contentType: 'image/jpeg' });
        console.log(scan.state, scan.band);`;
      await writeFile(join(project, 'mine.js'), code);
      const { stdout } = await run(process.execPath, [join(project, 'mine.js'), server.url]);
      expect(stdout).toBe('completed no-clear-difference\n');
    } finally {
      await server.stop();
    }
  });
});
