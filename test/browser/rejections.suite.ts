/** Every way in which a photo ends without a result: in human words, with a picture, and nothing charged. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureReasons, inconclusiveReasons, rejectionReasons } from '../../core/outcome.ts';
import { en } from '../../web/words/en.ts';
import { samplePhotoPath } from '../fixtures/index.ts';
import { choose, expectShown, joinIn, scan, send, visit } from './app.ts';
import { recordRequests, sizes, uploadsOf, type Sent } from './browser.ts';
import { givenApp } from './given.ts';
import { metadataOf } from './jpeg.ts';

const given = givenApp();
let context: BrowserContext;
let page: Page;
let sent: readonly Sent[];

beforeEach(async () => {
  context = await given.browser.newContext(sizes.phone);
  sent = recordRequests(context);
  page = await context.newPage();
  await joinIn(page, given.cloud);
});
afterEach(async () => context.close());

const uploads = (): readonly Sent[] => uploadsOf(sent, given.cloud.storage.url);

describe('what the device sees before anything is sent', () => {
  it.each([
    ['skin-dark', 'light', 'too-dark'],
    ['skin-bright', 'light', 'too-bright'],
    ['skin-blurred', 'sharp', 'blurred'],
    ['not-skin', 'skin', 'not-enough-skin'],
    ['jpeg-32x32', 'size', 'too-small'],
  ] as const)(
    'says of %s what is wrong, and the analysis agrees when it is sent anyway',
    async (photo, check, reason) => {
      await choose(page, photo);
      const row = page.locator(`[data-check=${check}]`);
      await expectShown(row);
      expect(await row.textContent()).toContain(en.ready.problems[reason]);
      await expectShown(page.getByText(en.ready.anyway));
      await send(page);
      await page.waitForURL('**/scans/*');
      await expectShown(page.getByRole('heading', { name: en.reasons[reason].title }));
      await expectShown(page.getByText(en.result.notCharged));
      await expectShown(page.getByText(/^Your photo was deleted at/));
    },
  );

  it.each(['text', 'tiff', 'gif', 'svg'] as const)(
    'rejects a file that is no photo (%s), or makes one of it, and sends no original',
    async (file) => {
      await choose(page, file);
      const heading = page.getByRole('heading', { level: 1 });
      await expect
        .poll(async () => heading.textContent())
        .toMatch(new RegExp(`${en.unreadable.title}|Is it in the frame`));
      expect(uploads()).toEqual([]);
    },
  );
});

describe('a file that is not what its name says', () => {
  it.each([
    ['a PDF', 'scan.jpg', Buffer.from(`%PDF-1.7\n${'x'.repeat(4000)}`), en.unreadable.text],
    [
      'a video',
      'photo.jpg',
      Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.alloc(4000)]),
      en.unreadable.text,
    ],
    ['nothing at all', 'empty.jpg', Buffer.alloc(0), en.unreadable.text],
    ['half of a JPEG', 'half.jpg', readFileSync(samplePhotoPath).subarray(0, 20_000), en.unreadable.damaged],
  ] as const)('is called what it is, and never leaves: %s', async (_, name, buffer, text) => {
    await page.setInputFiles('[data-pick=file]', { name, mimeType: 'image/jpeg', buffer });
    await expectShown(page.getByRole('heading', { level: 1, name: en.unreadable.title }));
    await expectShown(page.getByText(text));
    expect(await page.getByRole('button', { name: en.original.send }).count()).toBe(0);
    // The same page takes the next one.
    await choose(page, 'sample');
    await expectShown(page.getByRole('heading', { level: 1, name: en.ready.title }));
    expect(uploads()).toEqual([]);
  });
});

describe('a photo that this browser cannot decode', () => {
  it('goes up as it is, with its metadata, only after the person agreed', async () => {
    await choose(page, 'heic');
    await expectShown(page.getByRole('heading', { name: en.original.title }));
    expect(uploads()).toEqual([]);
    await page.getByRole('button', { name: en.original.send }).click();
    await page.waitForURL('**/scans/*');
    await expectShown(page.getByRole('heading', { name: en.bands['visible-difference'].title }));
    expect(uploads()).toHaveLength(1);
    expect(uploads()[0]?.body?.subarray(4, 8).toString()).toBe('ftyp');
  });

  it('can be replaced by another one, which is made small as ever', async () => {
    await choose(page, 'heic');
    await expectShown(page.getByRole('heading', { name: en.original.title }));
    await scan(page, 'sample');
    await expectShown(page.getByText(/^Your photo was deleted at/));
    expect(uploads().map(({ body }) => metadataOf(body ?? Buffer.alloc(0)))).toEqual([[]]);
  });

  it.each([
    ['heic-truncated', 'corrupt-image'],
    ['heic-26-megapixels', 'too-many-pixels'],
  ] as const)('says why %s could not be looked at', async (photo, reason) => {
    await choose(page, photo);
    await page.getByRole('button', { name: en.original.send }).click();
    await page.waitForURL('**/scans/*');
    await expectShown(page.getByRole('heading', { name: en.reasons[reason].title }));
    await expectShown(page.getByText(en.result.notCharged));
  });
});

describe('every reason that the API can give', () => {
  const reasons = [...new Set([...rejectionReasons, ...inconclusiveReasons, ...failureReasons])];

  it('has words and a picture of its own', async () => {
    for (const [at, reason] of reasons.entries()) {
      const id = `${at}`.padStart(22, 'A');
      await page.route(`**/v1/scans/${id}*`, async (route) =>
        route.fulfill({
          json: {
            id,
            state: 'rejected',
            reason,
            issuedAt: '2026-11-21T14:03:06.000Z',
            endedAt: '2026-11-21T14:03:07.500Z',
            message: 'No.',
            charged: false,
            deletion: { deletedAt: '2026-11-21T14:03:07.120Z', msFromUpload: 900, verified: true },
          },
        }),
      );
      await visit(page, `/scans/${id}`);
      await expectShown(page.getByRole('heading', { level: 1, name: en.reasons[reason].title }));
      await expectShown(page.getByText(en.reasons[reason].next));
      await expectShown(page.locator('.deletion-head').getByText('0.9 s after it arrived'));
      expect(await page.locator('.result-picture svg').count()).toBe(1);
    }
  });
});
