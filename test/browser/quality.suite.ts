/** What can be measured of quality: accessibility, size, speed, and what stays on the device. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Locator, type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { de } from '../../web/words/de.ts';
import { en } from '../../web/words/en.ts';
import { samplePhotoPath } from '../fixtures/index.ts';
import {
  choose,
  joinByHand,
  newAddress,
  scan,
  send,
  temporaryFolder,
  typeCode,
  visit,
  widthBeyondWindow,
} from './app.ts';
import { findChromium, launchOptions, recordRequests, sizes, uploadsOf } from './browser.ts';
import { givenApp } from './given.ts';
import { farewell, tour } from './tour.ts';

/** Gzipped JavaScript of the first load; about 56 KB when this was written. */
const maxScriptBytes = 90 * 1024;
const maxInteractiveMs = 2000;

const given = givenApp();

/** The longer words on the narrower window. */
describe.each([
  { size: 'phone', words: de },
  { size: 'desktop', words: en },
] as const)('on a $size, in $words.language.name', ({ size, words }) => {
  it('axe finds nothing on any page, in light and in dark colours, and nothing is too wide or too small to be tapped', async () => {
    const context = await given.browser.newContext({
      ...sizes[size],
      locale: words.language.code,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    let looked = 0;
    const look = async (where: string): Promise<void> => {
      looked += 1;
      expect(await violations(new AxeBuilder({ page })), where).toEqual([]);
      // Nothing but colours changes with the scheme.
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(
        await violations(new AxeBuilder({ page }).withRules('color-contrast')),
        `${where}, dark`,
      ).toEqual([]);
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await tooSmallToTap(page), where).toEqual([]);
      expect(seenAtOnce.has(where) ? await belowTheWindow(page) : [], where).toEqual([]);
      for (const direction of ['rtl', 'ltr']) {
        await page.evaluate(`document.documentElement.dir = '${direction}'`);
        expect(await widthBeyondWindow(page), `${where} is wider than the window, ${direction}`).toBe(0);
      }
    };
    await tour(page, given.cloud, look, words);
    await visit(page, '/history');
    const [rename, remove] = [0, 1].map((at) => page.locator('.row-buttons button').nth(at));
    await rename?.click();
    await page.locator('.rename').waitFor();
    await look('rename');
    await remove?.click();
    await page.getByRole('dialog').waitFor();
    await look('dialog');
    await page.getByRole('button', { name: words.cancel }).click();
    await visit(page, '/look');
    await choose(page, 'text');
    await page.getByRole('heading', { name: words.unreadable.title }).waitFor();
    await look('unreadable');
    await choose(page, 'sample');
    await page.getByRole('heading', { name: words.ready.title }).waitFor();
    await context.setOffline(true);
    await send(page, words);
    await page.getByRole('heading', { name: words.errors.network.title }).waitFor();
    await look('offline');
    await context.setOffline(false);
    await farewell(page, given.cloud, look, words);
    await visit(page, '/sign-in');
    await page.getByLabel(words.signIn.email).fill('nobody');
    await page.getByRole('button', { name: words.signIn.send }).click();
    await page.getByRole('alert').waitFor();
    await look('refused');
    expect(looked).toBe(37);
    await context.close();
  });
});

/** Pages whose every answer is seen without scrolling, a no beside the yes. */
const seenAtOnce: ReadonlySet<string> = new Set(['join-1-adult', 'join-3-consent', 'look']);

/** What can be pressed and is hidden, wholly or in part, by the tabs or by the end of the window. */
async function belowTheWindow(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`
    (() => {
      const tabs = document.querySelector('.tabs').getBoundingClientRect();
      const end = tabs.top > innerHeight / 2 ? tabs.top : innerHeight;
      return [...document.querySelectorAll('main .button')]
        .filter((one) => one.getBoundingClientRect().bottom > end)
        .map((one) => one.textContent.trim());
    })()
  `);
}

/** What axe finds, a line each: the rule and the elements. */
async function violations(axe: AxeBuilder): Promise<string[]> {
  const found = await axe.analyze();
  return found.violations.map(
    ({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

/** What can be pressed and is under 44 px; a link in the middle of a sentence may be. */
async function tooSmallToTap(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('a:not(.skip):not(p a):not(.note a), button, summary, select, label.button, .rating label')]
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, { width, height }]) => width > 0 && (width < 44 || height < 44))
      .map(([one, { width, height }]) => one.textContent.trim() + ' ' + width + 'x' + height)
  `);
}

it('axe finds what is wrong when something is', async () => {
  const context = await given.browser.newContext({ ...sizes.phone, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${given.cloud.apiUrl}/`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate("document.querySelector('main').append(document.createElement('img'))");
  expect(await violations(new AxeBuilder({ page }))).toEqual(['image-alt img']);
  await page.evaluate("document.querySelector('h1').style.color = 'black'");
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([
    'color-contrast h1',
  ]);
  await context.close();
});

it('is used with a keyboard alone: joining, buying, looking, downloading, deleting', async () => {
  const context = await given.browser.newContext(sizes.desktop);
  const page = await context.newPage();
  const email = newAddress();
  const outlines: string[] = [];
  const named = (name: string | RegExp): Locator =>
    page.getByRole('button', { name }).or(page.getByRole('link', { name })).first();
  /** Goes on with Tab until this is what a key would press; then presses. */
  const press = async (what: string | RegExp | Locator, key = 'Enter'): Promise<void> => {
    const wanted = typeof what === 'string' || what instanceof RegExp ? named(what) : what;
    await wanted.waitFor({ state: 'attached' });
    for (let tabs = 0; tabs < 60; tabs += 1) {
      if ((await wanted.and(page.locator(':focus')).count()) === 1) {
        outlines.push(
          await page.evaluate(
            "getComputedStyle(document.activeElement.closest('label') ?? document.activeElement).outlineStyle",
          ),
        );
        await page.keyboard.press(key);
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`no Tab leads to ${String(what)}`);
  };
  await page.goto(`${given.cloud.apiUrl}/`);
  await press(en.welcome.begin);
  await page.getByLabel(en.signIn.email).waitFor();
  await page.getByLabel(en.signIn.email).focus();
  await page.keyboard.type(email);
  await page.keyboard.press('Enter');
  await page.getByLabel(en.signIn.code).waitFor();
  await typeCode(page, given.cloud, email);
  await press(en.join.adulthood.yes(18));
  await press(/^I accept version/);
  await press(en.join.consent.agree, 'Space');
  await press(/^Buy 20 scans/);
  await press(/^Pay /);
  await page.locator('[data-checkout="there"]').waitFor();
  await press(en.checkout.use);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    press(page.locator('[data-pick=file]')),
  ]);
  await chooser.setFiles(samplePhotoPath);
  await press(en.ready.send);
  await press(page.locator('summary'));
  await page.getByText(en.result.evidenceList.checkedText).waitFor();
  await press(en.nav.account);
  await press(en.data.title);
  const [file] = await Promise.all([page.waitForEvent('download'), press(en.data.download.html)]);
  expect(file.suggestedFilename()).toMatch(/html$/);
  await press(en.data.remove.account.go);
  await press(en.data.goodbye.go);
  await page.getByRole('dialog').waitFor();
  await press(en.data.goodbye.confirm);
  await page.getByRole('heading', { name: en.gone.erasing.title }).waitFor();
  // Where one is can be seen, on each of these pages.
  expect(new Set(outlines)).toEqual(new Set(['solid']));
  await context.close();
});

it('moves nothing where motion is not wanted', async () => {
  const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
    const context = await given.browser.newContext({ ...sizes.phone, reducedMotion });
    const page = await context.newPage();
    await page.goto(`${given.cloud.apiUrl}/`);
    await page.locator('.story').waitFor();
    const count = await page.evaluate<number>('document.getAnimations().length');
    await context.close();
    return count;
  };
  expect(await moving('no-preference')).toBeGreaterThan(0);
  expect(await moving('reduce')).toBe(0);
});

it('stands the other way round for a language that is read from right to left', async () => {
  const context = await given.browser.newContext(sizes.phone);
  const page = await context.newPage();
  await page.goto(`${given.cloud.apiUrl}/`);
  await page.getByRole('heading', { name: en.welcome.title }).waitFor();
  await page.evaluate("document.documentElement.dir = 'rtl'");
  const mark = await page.locator('.brand').boundingBox();
  expect(mark?.x).toBeGreaterThan(sizes.phone.viewport.width / 2);
  await context.close();
});

it('loads little, and can be used soon on a device that is four times slower', async () => {
  const times: number[] = [];
  // What else the machine does only adds to it, so the best of a few loads is the app's own.
  for (let tries = 0; tries < 5 && Math.min(...times) >= maxInteractiveMs; tries += 1) {
    const { interactiveMs, scripts } = await loadSlowly();
    times.push(interactiveMs);
    const bytes = await Promise.all(
      scripts.map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).byteLength),
    );
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.reduce((total, one) => total + one, 0)).toBeLessThan(maxScriptBytes);
  }
  expect(Math.min(...times)).toBeLessThan(maxInteractiveMs);
});

/** Loads the first page at a quarter of the speed: when it was there and nothing held it up, and what it ran. */
async function loadSlowly(): Promise<{
  readonly interactiveMs: number;
  readonly scripts: readonly string[];
}> {
  const context = await given.browser.newContext({ ...sizes.phone, serviceWorkers: 'block' });
  const page = await context.newPage();
  const scripts: string[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.url());
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(`
    globalThis.longTasks = [];
    new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((e) => e.startTime + e.duration)))
      .observe({ type: 'longtask', buffered: true });
  `);
  await page.goto(`${given.cloud.apiUrl}/`);
  await page.getByRole('button', { name: en.welcome.begin }).waitFor();
  const shownMs = await page.evaluate<number>('performance.now()');
  await page.waitForLoadState('networkidle');
  const lastTaskMs = await page.evaluate<number>('Math.max(0, ...longTasks)');
  await context.close();
  return { interactiveMs: Math.max(shownMs, lastTaskMs), scripts };
}

it('leaves nothing of the photo in the browser’s profile, in memory of the page, or in any of its stores', async () => {
  const profile = await temporaryFolder();
  try {
    const context = await chromium.launchPersistentContext(profile.path, {
      ...launchOptions,
      ...sizes.phone,
      executablePath: findChromium(),
    });
    const sent = recordRequests(context);
    const page = await context.newPage();
    await joinByHand(page, given.cloud);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await scan(page, 'sample');
    await page.getByText(/^Your photo was deleted at/).waitFor();
    expect(
      await page.evaluate(
        '[localStorage.length, sessionStorage.length, document.cookie.length, history.state]',
      ),
    ).toEqual([0, 0, 0, null]);
    expect(await page.evaluate('indexedDB.databases().then((all) => all.length)')).toBe(0);
    const cached = await page.evaluate<string[]>(`(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return all.flat().map(({ url }) => new URL(url).pathname);
    })()`);
    expect(cached.filter((path) => !/^\/(?:$|assets\/|icon|manifest)/.test(path))).toEqual([]);
    await page.close();
    await context.close();
    const upload = uploadsOf(sent, given.cloud.storage.url)[0]?.body ?? Buffer.alloc(0);
    const kept = await Promise.all((await filesOf(profile.path)).map(async (file) => readFile(file)));
    const isKept = (piece: Buffer): boolean => kept.some((file) => file.includes(piece));
    // The search must be able to find: the app's own code is there.
    const script = await fetch(`${given.cloud.apiUrl}/service-worker.js`);
    const worker = Buffer.from(await script.arrayBuffer());
    expect(isKept(worker.subarray(100, 140))).toBe(true);
    for (const photo of [upload, await readFile(samplePhotoPath)]) {
      expect(photo.byteLength).toBeGreaterThan(10_000);
      for (let at = 2000; at + 32 < photo.byteLength; at += 4000) {
        expect(isKept(photo.subarray(at, at + 32)), `bytes at ${at}`).toBe(false);
      }
    }
  } finally {
    await profile.remove();
  }
});

async function filesOf(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
