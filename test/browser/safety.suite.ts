/** What leaves the browser on the whole path, read at a proxy; and what pages of other origins can do with a session. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { en } from '../../web/words/en.ts';
import { samplePhotoPath } from '../fixtures/index.ts';
import { expectShown, joinByHand, joinIn, send, visit } from './app.ts';
import { sizes } from './browser.ts';
import { givenApp } from './given.ts';
import { metadataOf } from './jpeg.ts';
import { startRecordingProxy } from './recording-proxy.ts';

const given = givenApp();

/** What a phone may write into a photo, and the name that its owner gave the file. */
const secrets = {
  name: 'anna-at-home-7f3a.jpg',
  make: 'Make-of-the-phone-7f3a',
  serial: 'Serial-7f3a',
  place: 'place-in-xmp-7f3a',
};

/** Chromium itself asks its maker about the forms of any page; no page could, under this Content-Security-Policy. */
const browsersOwn = 'content-autofill.googleapis.com:443';

async function photoWithSecrets(): Promise<Buffer> {
  return sharp(await readFile(samplePhotoPath))
    .withExif({
      IFD0: { Make: secrets.make },
      IFD2: { BodySerialNumber: secrets.serial },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1' },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>${secrets.place}</rdf></x:xmpmeta>`)
    .withIccProfile('p3')
    .jpeg()
    .toBuffer();
}

it('lets no byte out to anybody else, and none about the photo but its pixels, as a proxy sees it', async () => {
  const photo = await photoWithSecrets();
  const { name, ...inside } = secrets;
  for (const secret of Object.values(inside)) expect(photo.includes(secret), secret).toBe(true);
  expect(metadataOf(photo)).toEqual(expect.arrayContaining(['APP1', 'APP2']));
  const proxy = await startRecordingProxy();
  const context = await given.browser.newContext({
    ...sizes.phone,
    // This machine's own addresses go by way of the proxy too.
    proxy: { server: proxy.url, bypass: '<-loopback>' },
  });
  try {
    const page = await context.newPage();
    await joinByHand(page, given.cloud);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await page.setInputFiles('[data-pick=file]', { name, mimeType: 'image/jpeg', buffer: photo });
    await send(page);
    await page.waitForURL('**/scans/*');
    await page.locator('summary').click();
    await expectShown(page.getByText(en.result.evidenceList.checkedText));
    for (const path of ['/history', '/account', '/account/purchases', '/account/data', '/privacy']) {
      await visit(page, path);
      await page.waitForLoadState('networkidle');
    }
    await page.reload();
    await page.close({ runBeforeUnload: true });
  } finally {
    await context.close();
    proxy.close();
  }
  const left = proxy.left.filter(({ url }) => url !== browsersOwn);
  const origins = new Set(left.map(({ url }) => URL.parse(url)?.origin ?? url));
  expect(origins).toEqual(new Set([given.cloud.apiUrl, given.cloud.storage.url]));
  const uploads = left.filter(
    ({ method, url }) => method === 'PUT' && url.startsWith(given.cloud.storage.url),
  );
  expect(uploads).toHaveLength(1);
  expect(metadataOf(uploads[0]?.body ?? Buffer.alloc(0))).toEqual([]);
  for (const { url, headers, body } of left) {
    const all = Buffer.concat([Buffer.from([url, ...headers].join('\n')), body]);
    for (const secret of [...Object.values(secrets), 'Exif\0', 'ICC_PROFILE', 'adobe:ns:meta']) {
      expect(all.includes(secret), `${secret} in ${url}`).toBe(false);
    }
    // A browser that looks for a newer service worker names the one that it has; no page is ever named.
    const from = headers.findIndex((header) => header.toLowerCase() === 'referer');
    expect(from < 0 || headers[from + 1] === `${given.cloud.apiUrl}/service-worker.js`, url).toBe(true);
  }
});

/** A page of somebody else, which sends what such a page can send without asking first. */
const attacks = (api: string): string => `<!doctype html><title>Elsewhere</title>
<form method="post" enctype="text/plain" action="${api}/v1/sessions/refresh"><input name='{"a":"' value='"}'></form>
<script>
  const to = '${api}/v1/sessions/refresh';
  const text = { method: 'POST', mode: 'no-cors', credentials: 'include' };
  const json = { ...text, body: '{}', mode: 'cors', headers: { 'content-type': 'application/json' } };
  globalThis.tried = (async () => {
    const bodies = ['{}', new Blob(['{}']), new Blob(['{}'], { type: 'application/x-www-form-urlencoded' })];
    for (const body of bodies) await fetch(to, { ...text, body }).catch(() => undefined);
    navigator.sendBeacon(to, '{}');
    return fetch(to, json).then((answer) => answer.text(), () => 'unread');
  })();
</script>`;

describe.each([
  // The same address with another port is to a browser what a sibling subdomain is: the same site, another origin.
  { who: 'a sibling of the same site', host: '127.0.0.1', isSibling: true },
  { who: 'another site', host: 'localhost', isSibling: false },
])('a page of $who', ({ host, isSibling }) => {
  it('cannot use the session of whoever visits it', async () => {
    const elsewhere = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html').end(attacks(given.cloud.apiUrl));
    });
    elsewhere.listen(0, host);
    await once(elsewhere, 'listening');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
    const { port } = elsewhere.address() as AddressInfo;
    const context = await given.browser.newContext();
    try {
      const page = await context.newPage();
      await joinIn(page, given.cloud);
      const answers: Response[] = [];
      context.on('response', (answer) => {
        if (answer.url().startsWith(given.cloud.apiUrl)) answers.push(answer);
      });
      await page.goto(`http://${host}:${port}/`);
      expect(await page.evaluate('globalThis.tried')).toBe('unread');
      await Promise.all([
        page.waitForURL(`${given.cloud.apiUrl}/**`),
        page.evaluate("document.querySelector('form').submit()"),
      ]);
      const told = await Promise.all(
        answers.map(async (answer) => ({
          isOk: answer.ok(),
          hasCookie: 'cookie' in (await answer.request().allHeaders()),
        })),
      );
      expect(told.length).toBeGreaterThanOrEqual(3);
      expect(told.filter(({ isOk }) => isOk)).toEqual([]);
      // Of the same site the cookie does come along, so that it is the API that refuses.
      expect(told.some(({ hasCookie }) => hasCookie)).toBe(isSibling);
      expect(answers.map((answer) => answer.headers()['set-cookie'])).toEqual(answers.map(() => undefined));
      // The session is as it was.
      await page.goto(`${given.cloud.apiUrl}/look`);
      await expectShown(page.getByRole('heading', { name: en.look.title }));
    } finally {
      await context.close();
      elsewhere.close();
    }
  });
});
