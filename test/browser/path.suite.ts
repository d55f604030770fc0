/** The whole path with a real photo, at the size of a phone and of a desk. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/words/en.ts';
import { samplePhotoPath } from '../fixtures/index.ts';
import { choose, joinByHand, joinIn, scan, send } from './app.ts';
import { recordRequests, sizeNames, sizes, uploadsOf, type Sent } from './browser.ts';
import { givenApp } from './given.ts';
import { metadataOf } from './jpeg.ts';

const given = givenApp();

describe.each(sizeNames)('on a %s', (size) => {
  let context: BrowserContext;
  let page: Page;
  let sent: readonly Sent[];
  const complaints: string[] = [];

  beforeEach(async () => {
    context = await given.browser.newContext(sizes[size]);
    sent = recordRequests(context);
    page = await context.newPage();
    complaints.length = 0;
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Whether somebody is signed in from before is asked at each start; a browser calls the answer an error.
      const isQuestion = message.location().url.endsWith('/v1/sessions/refresh');
      if (message.type() === 'error' && !isQuestion) complaints.push(message.text());
    });
  });
  afterEach(async () => context.close());

  it('goes from the first page to a result, and says when the photo was deleted', async () => {
    await joinByHand(page, given.cloud);
    await choose(page, 'sample');
    await page.getByRole('heading', { name: 'Is it in the frame?' }).waitFor();
    expect(await page.locator('.checklist .good').count()).toBe(4);
    await send(page);
    await page.waitForURL('**/scans/*');
    await page.getByRole('heading', { name: 'A colour difference is visible' }).waitFor();
    const sentence = await page.locator('.deletion-head p').textContent();
    expect(sentence).toMatch(/^Your photo was deleted at \d\d:\d\d:\d\d, \d+(\.\d)? s after it arrived\.$/);
    // Whoever does not see the page hears it.
    await page
      .locator('[aria-live=polite]')
      .filter({ hasText: sentence ?? '' })
      .waitFor({ state: 'attached' });
    await page.getByText('Show the evidence').click();
    await page.getByText('Afterwards storage was asked for the photo').waitFor();
    expect(given.cloud.storage.objects()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('sends a smaller JPEG without any metadata, once, and talks to nobody else', async () => {
    expect(metadataOf(readFileSync(samplePhotoPath))).toContain('APP1');
    await joinByHand(page, given.cloud);
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await scan(page, 'sample');
    // The page's own thread had nothing to do with it.
    expect(workers).toHaveLength(1);
    const uploads = uploadsOf(sent, given.cloud.storage.url);
    expect(uploads).toHaveLength(1);
    const bytes = uploads[0]?.body ?? Buffer.alloc(0);
    expect(metadataOf(bytes)).toEqual([]);
    const { width, height, format } = await sharp(bytes).metadata();
    expect(format).toBe('jpeg');
    expect(Math.max(width, height)).toBeLessThanOrEqual(1024);
    // Nothing of the photo went out by any other way either.
    const others = sent.filter((one) => !uploads.includes(one) && (one.body?.byteLength ?? 0) > 1024);
    expect(others).toEqual([]);
    const origins = new Set(sent.map(({ url }) => new URL(url).origin));
    expect(origins).toEqual(new Set([given.cloud.apiUrl, given.cloud.storage.url]));
  });

  it('makes a photo small in the page itself where a worker has no canvas', async () => {
    await page.addInitScript('delete globalThis.OffscreenCanvas');
    await joinIn(page, given.cloud);
    await scan(page, 'orientation-6');
    await page.locator('.deletion-head').waitFor();
    const [upload] = uploadsOf(sent, given.cloud.storage.url);
    expect(metadataOf(upload?.body ?? Buffer.alloc(0))).toEqual([]);
    expect(page.workers()).toEqual([]);
  });

  it('takes the next photo from the button below a result that is still fading in', async () => {
    await joinIn(page, given.cloud);
    await scan(page, 'sample');
    const first = page.url();
    await page.getByRole('button', { name: en.result.another }).click();
    await page.getByRole('heading', { name: en.look.title }).waitFor();
    await scan(page, 'skin-clear');
    await page.getByRole('heading', { name: en.bands['no-clear-difference'].title }).waitFor();
    expect(page.url()).not.toBe(first);
  });

  it('leads nobody back to a result who went on to the next photo before it was drawn', async () => {
    await joinIn(page, given.cloud);
    await choose(page, 'sample');
    // In the next task: nothing of the page was drawn by then.
    await page.evaluate(`(() => {
      const leave = () => {
        history.pushState(null, '', '/look');
        dispatchEvent(new PopStateEvent('popstate'));
      };
      history.replaceState = (...to) => {
        delete history.replaceState;
        history.replaceState(...to);
        setTimeout(leave);
      };
    })()`);
    await send(page);
    await page.getByRole('heading', { name: en.look.title }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/look');
  });

  it('shows the result to whoever was in the history while the photo was looked at', async () => {
    await joinIn(page, given.cloud);
    await choose(page, 'sample');
    const hold = Promise.withResolvers<void>();
    // Once the photo is on its way there is a scan, and the history has it.
    const left = Promise.withResolvers<void>();
    await page.route(`${given.cloud.storage.url}/**`, async (route) => {
      left.resolve();
      await hold.promise;
      await route.continue();
    });
    await send(page);
    await page.getByRole('heading', { name: en.sending.title }).waitFor();
    await left.promise;
    await page.getByRole('link', { name: en.nav.history }).click();
    await page.getByText(en.history.open).waitFor();
    // The page counts a result as soon as it has it.
    const told = page.waitForRequest(
      (request) =>
        request.url().endsWith('/v1/usage') && request.postData()?.includes('result-seen') === true,
    );
    hold.resolve();
    await told;
    await page.getByRole('link', { name: en.nav.look, exact: true }).click();
    await page.getByRole('heading', { name: en.bands['visible-difference'].title }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/scans\//);
    // And only once.
    await page.getByRole('button', { name: en.result.another }).click();
    await page.getByRole('heading', { name: en.look.title }).waitFor();
  });

  it('shows the result to whoever left the page while the photo was looked at', async () => {
    await joinIn(page, given.cloud);
    await scan(page, 'sample');
    const address = page.url();
    await page.goto(`${given.cloud.apiUrl}/`);
    await page.getByText('Your latest').waitFor();
    await page.locator('.row-link').first().click();
    await page.getByRole('heading', { name: 'A colour difference is visible' }).waitFor();
    expect(page.url()).toBe(address);
  });
});
