/** When things go wrong: nothing is lost or charged, and the app says so. */
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scanViewSchema } from '../../core/contract.ts';
import { en } from '../../web/words/en.ts';
import { choose, expectShown, joinIn, scan, send, visit } from './app.ts';
import { sizes } from './browser.ts';
import { givenApp } from './given.ts';

const given = givenApp();
let context: BrowserContext;
let page: Page;

beforeEach(async () => {
  context = await given.browser.newContext(sizes.phone);
  page = await context.newPage();
  await joinIn(page, given.cloud);
});
afterEach(async () => context.close());

const heading = (name: string) => page.getByRole('heading', { level: 1, name });

it('keeps the photo while there is no connection, and sends it when there is one again', async () => {
  await choose(page, 'sample');
  await expectShown(heading(en.ready.title));
  await context.setOffline(true);
  await expectShown(page.getByText(en.offline.banner).first());
  await send(page);
  await expectShown(heading(en.errors.network.title));
  await expectShown(page.getByText(en.trouble.photoKept));
  await context.setOffline(false);
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
  await expectShown(page.getByText(/^Your photo was deleted at/));
});

it('opens without a connection once it was there', async () => {
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  await context.setOffline(true);
  await page.goto(`${given.cloud.apiUrl}/history`);
  await expectShown(page.getByText(en.offline.banner).first());
});

it('says that an upload is slow, and that it costs nothing if it does not arrive', async () => {
  await choose(page, 'sample');
  await expectShown(heading(en.ready.title));
  const hold = Promise.withResolvers<void>();
  await page.route(`${given.cloud.storage.url}/**`, async (route) => {
    if (route.request().method() === 'PUT') await hold.promise;
    await route.continue();
  });
  await send(page);
  await expectShown(page.getByText(en.sending.slow));
  hold.resolve();
  await page.waitForURL('**/scans/*');
  await expectShown(page.getByText(/^Your photo was deleted at/));
});

it('shows how far the bytes are, and keeps the photo when the connection breaks in the middle', async () => {
  // Noise makes a large file, and a thin line makes it take seconds.
  const buffer = await sharp({
    create: {
      width: 1024,
      height: 1024,
      channels: 3,
      background: '#c08070',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer();
  await page.setInputFiles('[data-pick=file]', { name: 'noise.jpg', mimeType: 'image/jpeg', buffer });
  const line = await context.newCDPSession(page);
  const throttle = async (offline: boolean, uploadThroughput: number) =>
    line.send('Network.emulateNetworkConditions', {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await throttle(false, 100_000);
  await send(page);
  const share = page.getByRole('progressbar');
  const seen = new Set<number>();
  const look = async (): Promise<number> => {
    seen.add(Number(await share.getAttribute('aria-valuenow')));
    return [...seen].filter((percent) => percent > 0 && percent < 100).length;
  };
  await expect.poll(look, { interval: 50 }).toBeGreaterThan(2);
  expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
  await throttle(true, 0);
  await expectShown(heading(en.errors.network.title));
  await expectShown(page.getByText(en.trouble.photoKept));
  await throttle(false, -1);
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
  await expectShown(page.getByText(/^Your photo was deleted at/));
});

it('says that the place for the photo ran out, and makes a new one for the same photo', async () => {
  await choose(page, 'sample');
  await expectShown(heading(en.ready.title));
  await page.route(`${given.cloud.storage.url}/**`, async (route) => {
    if (route.request().method() === 'PUT') {
      await given.cloud.clock.advance(61_000);
      // The device's clock goes on with the system's, as it would on a slow line.
      await page.clock.setFixedTime(given.cloud.clock.now());
    }
    await route.continue();
  });
  await send(page);
  await expectShown(heading(en.errors['upload-expired'].title));
  await expectShown(page.getByText(en.trouble.nothingLost));
  await page.unrouteAll({ behavior: 'wait' });
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
  await expectShown(page.getByText(/^Your photo was deleted at/));
});

it('says what it could not read, in place of the page that needs it, and goes on when asked again', async () => {
  const broken = new Set(['/v1/me', '/v1/policy']);
  await page.route('**/v1/*', async (route) =>
    broken.has(new URL(route.request().url()).pathname) ? route.abort() : route.continue(),
  );
  await page.goto(`${given.cloud.apiUrl}/account/purchases`);
  await expectShown(heading(en.errors.network.title));
  broken.delete('/v1/me');
  await page.getByRole('button', { name: en.tryAgain }).click();
  await expectShown(heading(en.purchases.title));
  await expectShown(page.getByRole('alert').getByText(en.errors.network.title));
  broken.clear();
  await page.getByRole('button', { name: en.tryAgain }).click();
  await expectShown(page.locator('[data-plan]').first());
});

it('says that uploads are paused before a photo is taken in vain, and takes it once they are not', async () => {
  const { faults } = given.cloud.storage;
  faults.next({ operation: 'ListObjectsV2', times: 500, answer: { status: 500, code: 'InternalError' } });
  try {
    await given.cloud.clock.advance(250_000);
    await page.reload();
    await expectShown(page.getByText(en.look.paused));
    await choose(page, 'sample');
    await send(page);
    await expectShown(heading(en.errors['cleaner-not-alive'].title));
    await expectShown(page.getByText(en.trouble.photoKept));
  } finally {
    faults.clear();
    await given.cloud.clock.advance(70_000);
  }
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
  await expectShown(page.getByText(/^Your photo was deleted at/));
});

it('says that our side broke, with a reference, and goes on afterwards', async () => {
  await page.route('**/v1/scans', async (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          json: { type: 'x', title: 'x', status: 500, detail: 'x', code: 'internal', reference: 'REF123' },
        })
      : route.continue(),
  );
  await choose(page, 'sample');
  await expectShown(heading(en.ready.title));
  await send(page);
  await expectShown(page.getByText(en.trouble.reference('REF123')));
  await page.unrouteAll({ behavior: 'wait' });
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
});

it('shows a scan that is still under way after the page was loaded anew, and then its result', async () => {
  await scan(page, 'sample');
  const path = new URL(page.url()).pathname;
  let asked = 0;
  const seen = Promise.withResolvers<void>();
  await page.route(`**/v1${path}*`, async (route) => {
    asked += 1;
    if (asked === 3) await seen.promise;
    const answer = await route.fetch();
    const body: unknown = await answer.json();
    const { band: _, deletion: __, ...open } = scanViewSchema.parse(body);
    await route.fulfill({ response: answer, json: asked < 3 ? { ...open, state: 'claimed' } : body });
  });
  await visit(page, '/look');
  // Until it stands there the page of the result is not left, and need not ask anybody.
  await expectShown(heading(en.look.title));
  await visit(page, path);
  await expectShown(heading(en.looking.title));
  seen.resolve();
  await expectShown(heading(en.bands['visible-difference'].title));
  expect(asked).toBeGreaterThan(2);
});

it('shows the result to whoever leaves the page as soon as the photo has gone up', async () => {
  await choose(page, 'sample');
  await expectShown(heading(en.ready.title));
  const arrived = page.waitForResponse(
    (answer) => answer.request().method() === 'PUT' && answer.url().startsWith(given.cloud.storage.url),
  );
  await send(page);
  await arrived;
  await page.goto(`${given.cloud.apiUrl}/history`);
  await page.locator('.row-link').first().click();
  await expectShown(heading(en.bands['visible-difference'].title));
  await expectShown(page.getByText(/^Your photo was deleted at/));
});
