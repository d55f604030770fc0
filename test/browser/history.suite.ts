/** History: names, dates, deletion; and what it looks like when there is none, or none to be had. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { en } from '../../web/words/en.ts';
import { expectGone, expectShown, focused, joinIn, scan, visit } from './app.ts';
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

it('begins empty, and says what will be there', async () => {
  await visit(page, '/history');
  await expectShown(page.getByRole('heading', { name: en.history.empty }));
});

it('renames in place, by keyboard alone', async () => {
  await scan(page, 'skin-clear');
  await visit(page, '/history');
  const row = page.locator('.row').first();
  await row.getByRole('button', { name: /^Rename/ }).focus();
  await page.keyboard.press('Enter');
  await focused(row.getByRole('textbox'));
  await page.keyboard.type('Left arm');
  await page.keyboard.press('Enter');
  await expectShown(row.getByText('Left arm'));
  // Whoever has no pointer goes on from where they were.
  await focused(page.getByRole('button', { name: 'Rename Left arm' }));
  await page.keyboard.press('Enter');
  await focused(row.getByRole('textbox'));
  await page.keyboard.type('never');
  await page.keyboard.press('Escape');
  await expectGone(page.locator('.rename'));
  await expectShown(row.getByText('Left arm'));
  await focused(page.getByRole('button', { name: 'Rename Left arm' }));
});

it('rejects a name with hidden characters, and says so', async () => {
  await scan(page, 'skin-clear');
  await visit(page, '/history');
  const row = page.locator('.row').first();
  await row.getByRole('button', { name: /^Rename/ }).click();
  await row.getByLabel(en.history.nameLabel, { exact: true }).fill('a\u202Eb');
  await row.getByRole('button', { name: en.save }).click();
  await expectShown(row.getByText(en.history.nameRefused));
});

it('deletes after asking, says that no scan is returned, and does nothing on Escape', async () => {
  await scan(page, 'skin-clear');
  await visit(page, '/history');
  await expectShown(page.locator('.row').first());
  const before = await page.locator('.row').count();
  const bin = page
    .locator('.row')
    .first()
    .getByRole('button', { name: /^Delete/ });
  await bin.click();
  await expectShown(page.getByText('No scan is returned to your plan'));
  await page.keyboard.press('Escape');
  await expectGone(page.getByRole('dialog'));
  await focused(bin);
  await bin.press('Enter');
  await page.getByRole('button', { name: en.cancel }).press('Enter');
  await expectGone(page.getByRole('dialog'));
  await focused(bin);
  await page.reload();
  await expectShown(page.locator('.row').first());
  expect(await page.locator('.row').count()).toBe(before);
  await bin.click();
  await page.getByRole('button', { name: en.history.removeConfirm }).click();
  await expect.poll(async () => page.locator('.row').count()).toBe(before - 1);
  await focused(page.getByRole('heading', { level: 1 }));
  // What was announced here is not read out on the next page.
  const said = page.locator('[aria-live=polite]');
  await said.filter({ hasText: en.history.removed }).waitFor({ state: 'attached' });
  await visit(page, '/account');
  await expect.poll(async () => said.textContent()).toBe('');
});

it('asks again at once: a dialog that was just closed does not close the next', async () => {
  await scan(page, 'skin-clear');
  await visit(page, '/history');
  const bin = page.locator('.row-buttons button').last();
  await bin.click();
  const dialog = page.locator('dialog');
  await expectShown(dialog);
  // In one task: the browser has not yet told anybody that the first was closed.
  await page.evaluate(`(async () => {
    document.querySelector('dialog button').click();
    await Promise.resolve();
    document.querySelector('.row-buttons button:last-child').click();
    await new Promise((done) => setTimeout(done, 200));
  })()`);
  await dialog.getByRole('button', { name: en.cancel }).click();
  await expectGone(dialog);
  await focused(bin);
});

it('says that it could not be read, and reads it when asked again', async () => {
  await scan(page, 'skin-clear');
  let isBroken = true;
  await page.route('**/v1/scans*', async (route) => (isBroken ? route.abort() : route.continue()));
  await visit(page, '/history');
  await expectShown(page.getByText(en.errors.network.title), 60_000);
  isBroken = false;
  await page.getByRole('button', { name: en.tryAgain }).click();
  await expectShown(page.locator('.row').first());
});

it('says of a result that is gone that it is gone', async () => {
  await visit(page, `/scans/${'A'.repeat(22)}`);
  await expectShown(page.getByRole('heading', { name: en.result.gone.title }));
});
