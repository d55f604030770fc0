/**
 * A walk through every page of the app, as somebody new would meet them one after the other, with a stop at each: for
 * pictures of them, and for what must be true of all.
 */
import type { Page } from 'playwright-core';
import type { Cloud } from '../../local/cloud.ts';
import type { Words } from '../../web/words/catalogue.ts';
import { en } from '../../web/words/en.ts';
import { askForCode, choose, enterCode, newAddress, send, visit } from './app.ts';

/** Called at each page, with a name for it. */
export type Stop = (name: string) => Promise<void>;

/** From the first page to the last, on a page of a fresh context whose browser asks for the language of the words. */
export async function tour(page: Page, cloud: Cloud, stop: Stop, words: Words = en): Promise<void> {
  const accept = words.join.policy.accept('1.0');
  await page.goto(`${cloud.apiUrl}/`);
  await page.getByText(words.welcome.adults(18)).waitFor();
  await stop('welcome');
  await page.getByRole('button', { name: words.welcome.begin }).click();
  await page.getByLabel(words.signIn.email).waitFor();
  await stop('sign-in');
  const email = newAddress();
  await askForCode(page, email, words);
  await stop('code');
  await enterCode(page, cloud, email, words);
  await page.getByRole('button', { name: words.join.adulthood.yes(18) }).waitFor();
  await stop('join-1-adult');
  await page.getByRole('button', { name: words.join.adulthood.yes(18) }).click();
  await page.getByRole('button', { name: accept }).waitFor();
  await stop('join-2-policy');
  await page.getByRole('button', { name: accept }).click();
  await page.getByRole('button', { name: words.join.consent.agree }).waitFor();
  await stop('join-3-consent');
  await page.getByRole('button', { name: words.join.consent.agree }).click();
  await page.getByRole('heading', { name: words.look.first.title }).waitFor();
  await stop('look-first');
  await buying(page, cloud, stop, words);
  await page.getByRole('heading', { name: words.look.title }).waitFor();
  await stop('look');
  await photos(page, cloud, stop, words);
  await account(page, stop);
}

/** From the packs to the stand-in's page and back, by way of a change of mind and of a wait. */
async function buying(page: Page, cloud: Cloud, stop: Stop, words: Words): Promise<void> {
  const pack = page.locator('[data-plan]').first().getByRole('button');
  const { deliveries } = cloud.stripe;
  const came = async (what: string): Promise<void> => {
    await page.locator(`[data-checkout="${what}"]`).waitFor();
    await page.locator('.waiting').first().waitFor({ state: 'detached' });
    await stop(`checkout-${what}`);
  };
  await pack.click();
  await page.getByRole('link', { name: 'Go back without paying' }).click();
  await came('cancelled');
  deliveries.set({ hold: true });
  await pack.click();
  await page.getByRole('button', { name: /^Pay / }).click();
  await came('confirming');
  deliveries.set({ hold: false });
  for (const event of deliveries.events()) await deliveries.send(event);
  await came('there');
  await page.getByRole('link', { name: words.checkout.use }).click();
}

async function photos(page: Page, cloud: Cloud, stop: Stop, words: Words): Promise<void> {
  const ready = page.locator('.checklist');
  await choose(page, 'sample');
  await ready.waitFor();
  await stop('ready');
  const hold = Promise.withResolvers<void>();
  await page.route(`${cloud.storage.url}/**`, async (route) => {
    await hold.promise;
    await route.continue();
  });
  await send(page, words);
  await page.getByRole('heading', { name: words.sending.title }).waitFor();
  await stop('sending');
  hold.resolve();
  await page.waitForURL('**/scans/*');
  await page.unrouteAll({ behavior: 'wait' });
  // The address is there before the result is.
  await page.locator('.deletion').waitFor();
  await page.locator('.fading').waitFor({ state: 'detached' });
  await stop('result');
  await page.locator('summary').click();
  await page.locator('.evidence').scrollIntoViewIfNeeded();
  await stop('evidence');
  await visit(page, '/look');
  await choose(page, 'skin-dark');
  await ready.waitFor();
  await stop('ready-too-dark');
  await send(page, words);
  await page.waitForURL('**/scans/*');
  await page.locator('.deletion').waitFor();
  await page.locator('.fading').waitFor({ state: 'detached' });
  await stop('result-too-dark');
  await visit(page, '/look');
  await choose(page, 'heic');
  await page.getByRole('heading', { name: words.original.title }).waitFor();
  await stop('original');
}

async function account(page: Page, stop: Stop): Promise<void> {
  const pages = {
    history: '/history',
    account: '/account',
    purchases: '/account/purchases',
    consents: '/account/consents',
    data: '/account/data',
    access: '/account/access',
    delete: '/account/delete',
    sessions: '/account/sessions',
    messages: '/account/messages',
    privacy: '/privacy',
    report: '/report',
    'not-found': '/nowhere',
  };
  for (const [name, path] of Object.entries(pages)) {
    await visit(page, path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.waiting').first().waitFor({ state: 'detached' });
    await stop(name);
  }
}

/** The last pages of all: the account is deleted, and then it is gone. */
export async function farewell(page: Page, cloud: Cloud, stop: Stop, words: Words = en): Promise<void> {
  await visit(page, '/account/delete');
  await page.getByRole('button', { name: words.data.goodbye.go }).click();
  await page.getByRole('button', { name: words.data.goodbye.confirm }).click();
  await page.getByRole('heading', { name: words.gone.erasing.title }).waitFor();
  await stop('gone-soon');
  await cloud.clock.advance(18 * 60_000);
  await cloud.runner.idle();
  await page.getByRole('heading', { name: words.gone.done.title }).waitFor();
  await stop('gone');
}
