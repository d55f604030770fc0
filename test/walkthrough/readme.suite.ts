/**
 * The README's walk-through by curl, run as a newcomer would: the marked blocks, in order, in one bash, against the
 * whole embedded system. Only the address is replaced. Needs bash, curl and openssl.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consentsViewSchema, historySchema, meSchema, scanViewSchema } from '../../core/contract.ts';
import { createClient } from '../../client/client.ts';
import { startCloud, type Cloud } from '../../local/cloud.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const documentedAddress = 'http://127.0.0.1:4747';

let cloud: Cloud;
let output: readonly string[];

beforeAll(async () => {
  cloud = await startCloud({ seed: 'walkthrough', scans: 20, log: () => {} });
  // As after `npm start`, whose sample photo went through first: the functions are warm.
  const bytes = await readFile(new URL('../../local/sample/photo.jpg', import.meta.url));
  const client = createClient({
    baseUrl: cloud.apiUrl,
    getToken: () => cloud.issuer.issueToken(cloud.accountId),
  });
  await client.scanPhoto({ bytes, contentType: 'image/jpeg' });

  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const script = blocksOf(readme).join('\n');
  if (!script.includes(documentedAddress))
    throw new Error(`the walk-through does not use ${documentedAddress}`);
  const { stdout } = await run(
    'bash',
    ['-euo', 'pipefail', '-c', script.replaceAll(documentedAddress, cloud.apiUrl)],
    {
      cwd: root,
    },
  );
  output = stdout.trimEnd().split('\n');
});

afterAll(async () => cloud?.close());

function blocksOf(readme: string): readonly string[] {
  return [...readme.matchAll(/<!-- walkthrough -->\n```bash\n(.*?)```/gs)].map(([, block = '']) => block);
}

/** One line of the output, as JSON. */
function answer(line: number): unknown {
  return JSON.parse(output[line] ?? '');
}

it('prints six answers and nothing else', () => {
  expect(output).toHaveLength(6);
});

it('ends with a result, a verified deletion and one unit charged', () => {
  const scan = scanViewSchema.parse(answer(0));
  expect(scan).toMatchObject({
    state: 'completed',
    band: 'visible-difference',
    charged: true,
    deletion: { verified: true },
  });
});

it('shows the scan first in the history, gives it a name and deletes it', () => {
  const { id } = scanViewSchema.parse(answer(0));
  expect(historySchema.parse(answer(1)).scans[0]).toMatchObject({ id });
  expect(scanViewSchema.parse(answer(2))).toMatchObject({ id, name: 'Left arm' });
  expect(output[3]).toContain('is not given back');
});

it('joins somebody by mail, who agrees and withdraws', () => {
  expect(meSchema.parse(answer(4))).toMatchObject({ email: 'somebody@example.com', missing: [] });
  const { consents, acts } = consentsViewSchema.parse(answer(5));
  expect(consents).toMatchObject([{ purpose: 'image-processing', granted: false }]);
  expect(acts).toHaveLength(4);
});

it('leaves the bucket empty, and the history without the deleted scan', async () => {
  const { id } = scanViewSchema.parse(answer(0));
  expect(cloud.storage.objects()).toEqual([]);
  const token = await cloud.issuer.issueToken(cloud.accountId);
  const gone = await fetch(`${cloud.apiUrl}/v1/scans/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(gone.status).toBe(404);
});
