/** The app's files beside the API. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type Site } from '../../local/site.ts';

const origins = { uploads: 'http://127.0.0.1:4748' };
let dir: string;
let site: Site;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onceover-site-'));
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'index.html'), '<!doctype html>');
  await writeFile(join(dir, 'assets', 'app-1.js'), 'let a');
  site = await openSite(dir, origins);
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

describe('the site', () => {
  it.each(['/', '/look', '/scans/AAAAAAAAAAAAAAAAAAAAAA', '/account/consents'])(
    'gives the page for %s',
    (path) => {
      expect(site(path)?.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(site(path)?.headers['content-security-policy']).toContain("default-src 'none'");
    },
  );

  it('gives a file with its type, to be kept', () => {
    expect(site('/assets/app-1.js')?.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': expect.stringContaining('immutable'),
    });
  });

  it.each([
    '/v1',
    '/v1/scans',
    '/v2/scans',
    '/local/mail',
    '/.well-known/security.txt',
    '/assets/gone.js',
    '/../../etc/passwd.txt',
    '/favicon.ico',
  ])('rejects %s, which is not the app’s', (path) => {
    expect(site(path)).toBeUndefined();
  });

  it('rejects a folder without the app', async () => {
    await expect(openSite(join(dir, 'assets'), origins)).rejects.toThrow('not built');
  });
});
