/**
 * The whole product in a process of its own, used by several people's hands at once over HTTP, and killed with
 * SIGKILL at a random moment by seed. Remembers what was answered: that is what must still be true afterwards.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from '../../client/client.ts';
import type { ScanView } from '../../core/contract.ts';
import { photo } from '../scenario/world.ts';

/** What was answered before the kill. */
export interface Answered {
  /** Scans that a ticket was answered for. */
  readonly issued: Set<string>;
  /** Terminal scans, as they were shown. */
  readonly ended: Map<string, ScanView>;
  /** Scans whose deletion was asked for; false until it was answered. */
  readonly deleted: Map<string, boolean>;
  /** Errors before the kill. */
  readonly errors: unknown[];
  /** A token of the local account, given before the kill. */
  token: string;
}

export interface KillOptions {
  readonly data: string;
  readonly port: number;
  /** Of the randomness: the same seed sends the same photos and kills after the same time. */
  readonly seed: string;
  readonly scans: number;
  readonly answered: Answered;
}

export const nothingAnswered = (): Answered => ({
  issued: new Set(),
  ended: new Map(),
  deleted: new Map(),
  errors: [],
  token: '',
});

const entry = fileURLToPath(new URL('../../bin/local.ts', import.meta.url));
const hands = 4;
const photos = ['skin-clear', 'skin-blob', 'jpeg-truncated', 'not-skin'] as const;

/** Numbers from 0 to 1 that a seed decides. */
function randomBy(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed}/${count}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}

/** Starts, loads and kills. Rejects when the process does not come up. */
export async function killUnderLoad(options: KillOptions): Promise<void> {
  const { answered, port, seed } = options;
  const random = randomBy(seed);
  const { child, exited } = start(options);
  try {
    await up(child);
    const baseUrl = `http://127.0.0.1:${port}`;
    const getToken = async (): Promise<string> => {
      const response = await fetch(`${baseUrl}/local/token`, { method: 'POST' });
      const { accessToken }: { accessToken: string } = JSON.parse(await response.text());
      answered.token = accessToken;
      return accessToken;
    };
    await getToken();
    const killed = new AbortController();
    const client = createClient({ baseUrl, getToken });
    const begun = Promise.withResolvers<void>();
    const watched: Client = {
      ...client,
      async requestTicket(...given) {
        const ticket = await client.requestTicket(...given);
        begun.resolve();
        return ticket;
      },
    };
    const working = Array.from({ length: hands }, (_, hand) =>
      work(watched, randomBy(`${seed}/hand ${hand}`), answered, killed.signal),
    );
    // From when there is something to lose, however slow the machine is.
    await Promise.race([begun.promise, exited]);
    // A random moment is the point: nothing that happens inside may choose it.
    await new Promise((resolve) => {
      setTimeout(resolve, 200 + 2_800 * random());
    });
    killed.abort();
    child.kill('SIGKILL');
    await exited;
    await Promise.all(working);
  } finally {
    child.kill('SIGKILL');
  }
}

function start({ data, port, scans }: KillOptions) {
  const args = [entry, '--data', data, '--port', String(port), '--scans', String(scans), '--seed', 'restart'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, exited: once(child, 'exit') };
}

async function up(child: ChildProcess): Promise<void> {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Up until Ctrl-C')) resolve();
    });
  }
  child.once('exit', () => reject(new Error(`it did not come up:\n${output}`)));
  await promise;
}

/** One pair of hands: photo after photo until the kill; some tickets are left, some scans deleted. */
async function work(
  client: Client,
  random: () => number,
  answered: Answered,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await handOne(client, random, answered, signal);
    } catch (error) {
      if (!signal.aborted) answered.errors.push(error);
    }
  }
}

async function handOne(
  client: Client,
  random: () => number,
  { issued, ended, deleted }: Answered,
  signal: AbortSignal,
): Promise<void> {
  const name = photos[Math.floor(random() * photos.length)] ?? photos[0];
  const bytes = Uint8Array.from(await photo(name));
  const ticket = await client.requestTicket({ bytes, contentType: 'image/jpeg' }, { signal });
  const { scan } = ticket;
  issued.add(scan.id);
  if (random() < 0.1) return;
  await client.upload(ticket, bytes, { signal });
  // Some look away and delete at once, others wait for the end.
  if (random() < 0.8) ended.set(scan.id, await client.waitForResult(scan.id, { signal }));
  if (random() < 0.3) {
    deleted.set(scan.id, false);
    await client.deleteScan(scan.id, { signal });
    deleted.set(scan.id, true);
  }
}
