/** The examples of docs/client.md: both compile under the project's own rules, and the one for Node runs. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld } from '../scenario/world.ts';
import { ContractServer } from './contract-server.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-docs-'));
  // A module, as the repository is.
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const page = await readFile(join(root, 'docs/client.md'), 'utf8');
  for (const [, name = '', code = ''] of page.matchAll(/<!-- example: (\w+) -->\n```ts\n(.*?)```/gs)) {
    // The page's imports are relative to docs/; here they are absolute.
    await writeFile(join(folder, `${name}.ts`), code.replaceAll("'../client/", `'${join(root, 'client')}/`));
  }
});
afterAll(async () => rm(folder, { recursive: true }));

/** What the compiler says of one example; nothing when all is well. */
async function compile(name: string, platform: object): Promise<string> {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: platform,
    include: [],
    files: [`${name}.ts`],
  };
  const configFile = join(folder, `tsconfig.${name}.json`);
  await writeFile(configFile, JSON.stringify(config));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [compiler, '-p', configFile]).then(
    () => '',
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  );
}

it('compile in Node', async () => {
  expect(await compile('node', { typeRoots: [join(root, 'node_modules/@types')] })).toBe('');
});

it('buys in a browser', async () => {
  expect(await compile('buy', { lib: ['ES2024', 'DOM'], types: [] })).toBe('');
});

it('sign in, agree, write and withdraw as the page shows it, on the embedded cloud', async () => {
  expect(await compile('join', { typeRoots: [join(root, 'node_modules/@types')] })).toBe('');
  const world = await startWorld();
  try {
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'join.ts'), 'reader@example.com'], {
      env: { ONCEOVER_API: world.cloud.apiUrl },
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/18 years old or older.*1 message\nwithdrawn\nsigned out\n$/s);
  } finally {
    await world.close();
  }
});

it('compile in a browser, with nothing of Node', async () => {
  expect(await compile('browser', { lib: ['es2024', 'dom', 'dom.iterable'], types: [] })).toBe('');
});

/**
 * What a page has and Node has not, as far as the examples use it: an address of its own, to which requests without one
 * go, a place to send the person to, and who is signed in.
 */
const asPage = `
const api = process.env['ONCEOVER_API'];
const real = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = String(input).replace(/^(?:https:\\/\\/api\\.example\\.com)?(?=\\/v1\\/)/, api);
  const headers = new Headers(init?.headers);
  if (url.startsWith(api)) headers.set('authorization', 'Bearer ' + process.env['ONCEOVER_TOKEN']);
  return real(url, { ...init, headers });
};
globalThis.location = { assign: (url) => console.log('goes to', url) };
`;

/** Runs lines of a page after the examples were loaded; what it printed. */
async function runAsPage(lines: string, env: Record<string, string>): Promise<string> {
  const file = join(folder, 'page.ts');
  await writeFile(file, `${asPage}\n${lines}`);
  const { stdout, stderr } = await run(process.execPath, [file], { env });
  expect(stderr).toBe('');
  return stdout;
}

it('buy, scan and show a receipt as the pages show it, on the embedded cloud', async () => {
  const world = await startWorld();
  try {
    const person = await world.person({ scansTotal: 1 });
    const env = {
      ONCEOVER_API: world.cloud.apiUrl,
      ONCEOVER_TOKEN: await world.cloud.issuer.issueToken(person.accountId),
      PHOTO: fileURLToPath(new URL('../fixtures/images/skin-clear.jpg', import.meta.url)),
    };
    const load = "const { buy, whatIsLeft, showReceipt } = await import('./buy.ts');";
    const left = await runAsPage(
      `${load} await buy('pack-20', 'a-key-for-this-example'); await buy('pack-20', 'a-key-for-this-example');`,
      env,
    );
    const [first = '', second] = left.trim().split('\n');
    expect(first).toMatch(/^goes to http:\/\/127\.0\.0\.1:\d+\/pay\/cs_test_\w+$/);
    expect(second).toBe(first);
    world.cloud.stripe.books.pay(first.slice(first.lastIndexOf('/') + 1), 'pays');
    await world.cloud.stripe.deliveries.idle();
    const bought = world.cloud.stripe.books.all('payment_intent').at(-1)?.id ?? '';
    const shown = await runAsPage(
      `${load} console.log(await whatIsLeft()); await showReceipt('${bought}');`,
      env,
    );
    expect(shown).toMatch(/^21 scans left\.\ngoes to http:\/\/127\.0\.0\.1:\d+\/receipts\/ch_\w+\n$/);
    const scanned = await runAsPage(
      `const { scanChosenPhoto } = await import('./browser.ts');
      const { readFile } = await import('node:fs/promises');
      const photo = new File([await readFile(process.env['PHOTO'])], 'a.jpg', { type: 'image/jpeg' });
      const status = { textContent: '' };
      await scanChosenPhoto({ files: [photo] }, status, async () => 'replaced', new AbortController().signal);
      console.log(status.textContent);
      await scanChosenPhoto({ files: [photo] }, status, async () => 'replaced', AbortSignal.abort());
      console.log(status.textContent);`,
      env,
    );
    expect(scanned).toMatch(/^No clear colour difference was found.*\nStopped\.\n$/);
  } finally {
    await world.close();
  }
});

it('rejects an example that misuses the client', async () => {
  await writeFile(
    join(folder, 'wrong.ts'),
    `import { createClient } from '${root}client/client.ts';\ncreateClient({});`,
  );
  const verdict = await compile('wrong', { typeRoots: [join(root, 'node_modules/@types')] });
  expect(verdict).toContain("missing the following properties from type 'ClientOptions': baseUrl, getToken");
});

it('scan a photo in Node as the page shows it', async () => {
  const server = await ContractServer.start();
  try {
    const photo = join(folder, 'photo.jpg');
    await writeFile(photo, Buffer.alloc(100_000, 7));
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'node.ts'), photo], {
      env: { ONCEOVER_API: server.url },
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('100000 of 100000 bytes');
    expect(stdout).toContain('completed no-clear-difference No clear colour difference was found');
    expect(stdout).toContain('image deleted after 412 ms, verified');
    expect(stdout).toMatch(/Z Left arm no-clear-difference\n$/);
  } finally {
    await server.stop();
  }
});
