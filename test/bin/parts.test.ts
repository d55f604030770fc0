/** The parts of the scan command that need no process: queue, tokens, words. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonLine, renderSentences, renderTable, wordsOf } from '../../bin/scan/report.ts';
import { exitCodeOf, type PhotoResult } from '../../bin/scan/result.ts';
import { runPhotos } from '../../bin/scan/run.ts';
import { SystemUnreachable, tokenSource } from '../../bin/scan/token.ts';
import type { ScanView } from '../../core/contract.ts';
import { ContractServer } from '../client/contract-server.ts';

const ended = (photo: string, scan: Partial<ScanView>): PhotoResult => ({
  photo,
  kind: 'ended',
  scan: {
    id: 'A'.repeat(22),
    state: 'completed',
    issuedAt: '2026-11-21T14:03:07.120Z',
    message: 'Looked at.',
    charged: true,
    ...scan,
  },
});
const refused = (photo: string, code: 'no-scans-left' | 'network' | 'too-many-bytes'): PhotoResult => ({
  photo,
  kind: 'refused',
  refusal: { code, message: 'No.' },
});
const plain = (_: unknown, text: string) => text;

describe('the queue', () => {
  it('never takes more photos at once than it may, and keeps their order', async () => {
    let running = 0;
    let most = 0;
    const end = await runPhotos({
      photos: Array.from({ length: 20 }, (_, index) => `photo-${index}`),
      concurrency: 3,
      signal: new AbortController().signal,
      onResult: () => undefined,
      take: async (photo) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return ended(photo, {});
      },
    });
    expect(most).toBe(3);
    expect(end.results.map(({ photo }) => photo)).toEqual(Array.from({ length: 20 }, (_, i) => `photo-${i}`));
    expect(end.undone).toBe(0);
  });

  it('goes on after a photo that is refused for itself, and stops after one that speaks for all', async () => {
    const end = await runPhotos({
      photos: ['too-large', 'fine', 'last', 'never'],
      concurrency: 1,
      signal: new AbortController().signal,
      onResult: () => undefined,
      take: async (photo) => {
        if (photo === 'fine') return ended(photo, {});
        return refused(photo, photo === 'last' ? 'no-scans-left' : 'too-many-bytes');
      },
    });
    expect(end.results.map(({ photo }) => photo)).toEqual(['too-large', 'fine', 'last']);
    expect(end.undone).toBe(1);
  });

  it('rejects with a bug instead of hiding it behind the other photos', async () => {
    const bug = new Error('bug');
    const run = runPhotos({
      photos: ['a', 'b', 'c'],
      concurrency: 2,
      signal: new AbortController().signal,
      onResult: () => undefined,
      take: async (photo) => (photo === 'a' ? Promise.reject(bug) : ended(photo, {})),
    });
    await expect(run).rejects.toBe(bug);
  });
});

describe('the exit code', () => {
  it('is 0 only when each photo was looked at and none is left', () => {
    const fine = [ended('a', {}), ended('b', { state: 'inconclusive', reason: 'blurred' })];
    expect(exitCodeOf(fine, 0)).toBe(0);
    expect(exitCodeOf(fine, 1)).toBe(1);
    for (const state of ['rejected', 'failed', 'expired'] as const) {
      expect(exitCodeOf([...fine, ended('c', { state })], 0)).toBe(1);
    }
    expect(exitCodeOf([...fine, refused('c', 'no-scans-left')], 0)).toBe(1);
    expect(exitCodeOf([...fine, refused('c', 'network')], 3)).toBe(3);
  });
});

describe('the token', () => {
  let server: ContractServer;
  let now: number;
  beforeEach(async () => {
    server = await ContractServer.start();
    now = 0;
  });
  afterEach(async () => server.stop());
  const source = (given?: string) => tokenSource(server.url, given, () => now);

  it('is the given one, and then nobody is asked', async () => {
    expect(await source('given')({ renew: true })).toBe('given');
    expect(server.requests).toEqual([]);
  });

  it('is asked for once by photos that start together, and again 30 s before it ends', async () => {
    const getToken = source();
    const first = await Promise.all([1, 2, 3].map(async () => getToken({ renew: false })));
    expect(first).toEqual(['good-token', 'good-token', 'good-token']);
    now = 269_999;
    await getToken({ renew: false });
    expect(server.requests).toHaveLength(1);
    now = 270_000;
    server.issuedToken = 'next-token';
    expect(await getToken({ renew: false })).toBe('next-token');
  });

  it('is asked for at once when it was refused', async () => {
    const getToken = source();
    await getToken({ renew: false });
    server.issuedToken = 'next-token';
    expect(await getToken({ renew: true })).toBe('next-token');
  });

  it('rejects an issuer that is none, and tries again the next time', async () => {
    const getToken = source();
    server.fail('POST /local/token', { kind: 'answer', status: 200, body: '<html>' });
    await expect(getToken({ renew: false })).rejects.toThrow('gives no token by itself');
    server.fail('POST /local/token', { kind: 'reset' });
    await expect(getToken({ renew: false })).rejects.toThrow('Nothing answers');
    expect(await getToken({ renew: false })).toBe('good-token');
  });

  it('rejects to ask a system elsewhere', async () => {
    const elsewhere = tokenSource('https://onceover.invalid', undefined, () => 0);
    await expect(elsewhere({ renew: false })).rejects.toThrow(SystemUnreachable);
  });
});

describe('the words', () => {
  it.each([
    [ended('a', { band: 'visible-difference' }), 'visible difference'],
    [ended('a', { state: 'inconclusive', reason: 'too-dark' }), 'cannot tell: too dark'],
    [ended('a', { state: 'rejected', reason: 'too-small' }), 'cannot be used: too small'],
    [ended('a', { state: 'failed', reason: 'interrupted' }), 'failed: interrupted'],
    [ended('a', { state: 'expired' }), 'never arrived'],
    [ended('a', { state: 'issued' }), 'not ended yet'],
    [refused('a', 'no-scans-left'), 'refused: no scans left'],
    [refused('a', 'network'), 'connection lost'],
  ])('of a result are plain: %#', (result, words) => {
    expect(wordsOf(result)).toBe(words);
  });

  it('let no file name and no message move the cursor of a terminal', () => {
    const result = ended('evil\u001B[2J\u202Egpj.jpg', { message: 'no\r\nway', advice: '\u0007' });
    const shown = renderTable([result], plain) + renderSentences([result]);
    for (const control of ['\u001B', '\u202E', '\u0007', '\r']) expect(shown).not.toContain(control);
    expect(shown).toContain('no\uFFFD\uFFFDway');
    expect(jsonLine(result)).not.toContain('\u001B');
  });

  it('say that nobody knows about the charge after the connection is lost', () => {
    expect(renderTable([refused('a', 'network')], plain)).toContain('not known');
  });

  it('keep the end of a long path', () => {
    const table = renderTable([ended(`${'long/'.repeat(20)}photo.jpg`, {})], plain);
    expect(table).toContain('…');
    expect(table).toContain('long/photo.jpg');
  });
});
