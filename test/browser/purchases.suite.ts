/** Buying, on the stand-in's own pages: paying, being declined, the bank's question, leaving, and what comes of each. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/words/en.ts';
import {
  agree,
  agreeToAll,
  buyPack,
  choose,
  expectGone,
  expectShown,
  joinIn,
  joinWithNothing,
  newAddress,
  scan,
  send,
  signIn,
  visit,
} from './app.ts';
import { sizeNames, sizes } from './browser.ts';
import { givenApp } from './given.ts';

const given = givenApp();
let context: BrowserContext;
let page: Page;

afterEach(async () => {
  given.cloud.stripe.deliveries.set({ duplicates: 0, disorderMs: 0, hold: false });
  await context.close();
});

async function newPage(size: keyof typeof sizes = 'phone'): Promise<void> {
  context = await given.browser.newContext(sizes[size]);
  page = await context.newPage();
}

const buy = (pack: string) => page.locator(`[data-plan="${pack}"]`).getByRole('button');
const card = (label: string) => page.getByLabel(label);
const payButton = () => page.getByRole('button', { name: /^Pay / });
const returned = (what: string) => page.locator(`[data-checkout="${what}"]`);

/** The address says nothing any more: a reload is no second purchase. */
async function expectCleanAddress(): Promise<void> {
  await page.waitForURL(({ search }) => search === '');
}

/** Opens the payment page for the first pack. */
async function toThePaymentPage(): Promise<void> {
  await buy('pack-20').click();
  await page.waitForURL(`${given.cloud.stripe.url}/pay/*`);
  await expectShown(page.getByRole('heading', { name: 'Payment' }));
}

describe.each(sizeNames)('on a %s', (size) => {
  it('sells a newcomer a pack, and looks at a photo with it', async () => {
    await newPage(size);
    const email = newAddress();
    await page.goto(`${given.cloud.apiUrl}/sign-in`);
    await signIn(page, given.cloud, email);
    await agreeToAll(page);
    await expectShown(page.getByRole('heading', { level: 1, name: en.look.first.title }));
    expect(await page.locator('[data-pick]').count()).toBe(0);
    await expectShown(page.getByText('€4.99', { exact: true }));
    await toThePaymentPage();
    await expectShown(page.getByText(`The receipt would go to ${email}`));
    await card('A card that pays').check();
    await payButton().click();
    await expectShown(returned('there').getByText(en.checkout.there.title));
    await expectShown(page.locator('.balance').getByText('20', { exact: true }));
    await expectCleanAddress();
    await returned('there').getByRole('link', { name: en.checkout.use }).click();
    await expectShown(page.getByRole('heading', { level: 1, name: en.look.title }));
    await choose(page, 'sample');
    await expectShown(page.getByText(en.ready.costs(20)));
    await send(page);
    await page.waitForURL('**/scans/*');
    await expectShown(page.getByText(`${en.result.charged} 19 scans left.`));
    await visit(page, '/account/purchases');
    await expectShown(page.locator('.purchase').getByText(en.purchases.units(19, 1)));
  });
});

describe('the way back', () => {
  /** Of whoever came here. */
  let email: string;

  beforeEach(async () => {
    await newPage();
    email = newAddress();
    await joinWithNothing(page, given.cloud, email);
  });

  it('says that a card was declined where it was typed, and takes another', async () => {
    await toThePaymentPage();
    await card('A card that is declined').check();
    await payButton().click();
    await expectShown(page.getByRole('alert').getByText('The payment was declined'));
    await card('A card that pays').check();
    await payButton().click();
    await expectShown(returned('there'));
    await expectShown(page.locator('.purchase').getByText(en.purchases.units(20, 0)));
    expect(await page.locator('.purchase').count()).toBe(1);
  });

  it.each([
    ['Yes', 'there'],
    ['No', 'refused at the bank'],
  ])('goes by way of the bank, which is told: %s', async (answer, outcome) => {
    await toThePaymentPage();
    await card('A card whose bank asks').check();
    await payButton().click();
    await expectShown(page.getByRole('heading', { name: 'Your bank asks' }));
    await page.getByRole('button', { name: new RegExp(`^${answer}`) }).click();
    if (outcome === 'there') {
      await expectShown(returned('there'));
      return;
    }
    await expectShown(page.getByRole('alert').getByText('The payment was declined'));
    await page.getByRole('link', { name: 'Go back without paying' }).click();
    await expectShown(returned('cancelled'));
  });

  it('buys nothing when the payment page is left by its link or by the browser’s own way back', async () => {
    await toThePaymentPage();
    await page.getByRole('link', { name: 'Go back without paying' }).click();
    await expectShown(returned('cancelled').getByText(en.checkout.cancelled.text));
    await expectCleanAddress();
    await toThePaymentPage();
    await page.goBack();
    await expectShown(buy('pack-20').and(page.locator(':enabled')));
    await expectShown(page.locator('.balance').getByText('0', { exact: true }));
    expect(await page.locator('.purchase').count()).toBe(0);
  });

  it('waits for the payment’s event, says when that takes long, and then shows the scans', async () => {
    given.cloud.stripe.deliveries.set({ hold: true });
    await page.clock.install();
    await toThePaymentPage();
    await payButton().click();
    await expectShown(returned('confirming').getByText(en.checkout.confirming.text));
    // Nobody is asked to pay again meanwhile, nor told that there is nothing.
    expect(await page.locator('[data-plan]').count()).toBe(0);
    expect(await page.locator('.balance').count()).toBe(0);
    expect(await page.getByText(en.purchases.none).count()).toBe(0);
    await page.clock.fastForward(20_000);
    await expectShown(returned('confirming').getByText(en.checkout.long));
    expect(await page.locator('.purchase').count()).toBe(0);
    // Whoever loads the page anew meanwhile goes on waiting.
    await page.reload();
    await expectShown(returned('confirming'));
    for (const event of given.cloud.stripe.deliveries.events())
      await given.cloud.stripe.deliveries.send(event);
    await expectShown(returned('there'));
  });

  it('shows what was there before while a payment is confirmed, and only asks for no other', async () => {
    await buyPack(given.cloud, email, 7);
    await visit(page, '/account/purchases');
    given.cloud.stripe.deliveries.set({ hold: true });
    await toThePaymentPage();
    await payButton().click();
    await expectShown(returned('confirming').getByText(en.checkout.confirming.text));
    await expectShown(page.locator('.balance').getByText('7', { exact: true }));
    await expectShown(page.locator('.purchase').getByRole('button', { name: /^Receipt for/ }));
    expect(await page.locator('[data-plan]').count()).toBe(0);
  });

  it.each([
    ['A bank transfer that fails', 'refused'],
    ['A bank transfer', 'there'],
  ])('says that the money is on its way, and then what became of it: %s', async (way, outcome) => {
    await toThePaymentPage();
    await page.getByRole('radio', { name: new RegExp(`^${way}(?! that)`) }).check();
    await payButton().click();
    await expectShown(returned('pending').getByText(en.checkout.pending.title));
    expect(await page.locator('.purchase').count()).toBe(0);
    await given.cloud.clock.advance(61_000);
    await expectShown(returned(outcome));
    expect(await page.locator('.purchase').count()).toBe(outcome === 'there' ? 1 : 0);
  });

  it('rejects an address with the checkout of somebody else: it says nothing', async () => {
    await buyPack(given.cloud, email);
    const others = given.cloud.stripe.books.all('checkout.session').at(-1)?.id ?? '';
    await context.close();
    await newPage();
    await joinWithNothing(page, given.cloud);
    await page.goto(`${given.cloud.apiUrl}/account/purchases?checkout=paid&id=${others}`);
    await expectShown(page.getByText(en.purchases.none));
    await expectGone(page.locator('[data-checkout]'));
  });

  it('asks to sign in whoever was signed out meanwhile, and then says what became of the payment', async () => {
    await toThePaymentPage();
    await context.clearCookies();
    await payButton().click();
    await page.getByLabel(en.signIn.email).waitFor();
    await signIn(page, given.cloud, email);
    await expectShown(returned('there'));
  });
});

describe('what was bought', () => {
  it('has a receipt in a tab of its own, and shows what went back and what is blocked', async () => {
    await newPage();
    const email = newAddress();
    await joinIn(page, given.cloud, email);
    await visit(page, '/account/purchases');
    const [tab] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('button', { name: /^Receipt for/ }).click(),
    ]);
    await expectShown(tab.getByRole('heading', { name: 'Receipt' }));
    await tab.close();
    const payment = given.cloud.stripe.books.all('payment_intent').at(-1)?.id ?? '';
    given.cloud.stripe.books.refund(payment, 250);
    await given.cloud.stripe.deliveries.idle();
    await page.reload();
    await expectShown(page.getByText(/^€2\.50 went back to you; \d+ scans remain yours\.$/));
    given.cloud.stripe.books.refund(payment);
    await given.cloud.stripe.deliveries.idle();
    await page.reload();
    await expectShown(page.getByText(/^All of it went back to you on/));
    await expectShown(page.locator('.balance').getByText('0', { exact: true }));
  });

  it('runs out: the next photo is not asked for, and the way to more is', async () => {
    await newPage();
    const email = newAddress();
    await page.goto(`${given.cloud.apiUrl}/sign-in`);
    await signIn(page, given.cloud, email);
    await page.getByRole('heading', { name: en.join.adulthood.title(18) }).waitFor();
    await buyPack(given.cloud, email, 1);
    await agree(page);
    await scan(page, 'sample');
    await visit(page, '/look');
    await expectShown(page.getByRole('heading', { level: 1, name: en.look.noneLeft.title }));
    expect(await page.locator('[data-pick]').count()).toBe(0);
    await expectShown(buy('pack-100'));
  });

  it('says so when the last scan was used elsewhere while the photo was chosen, and keeps the photo', async () => {
    await newPage();
    const email = newAddress();
    await page.goto(`${given.cloud.apiUrl}/sign-in`);
    await signIn(page, given.cloud, email);
    await page.getByRole('heading', { name: en.join.adulthood.title(18) }).waitFor();
    await buyPack(given.cloud, email, 1);
    await agree(page);
    await choose(page, 'sample');
    await expectShown(page.getByRole('heading', { level: 1, name: en.ready.title }));
    const elsewhere = await given.browser.newContext(sizes.desktop);
    const other = await elsewhere.newPage();
    await other.goto(`${given.cloud.apiUrl}/sign-in`);
    await signIn(other, given.cloud, email);
    await scan(other, 'sample');
    await elsewhere.close();
    await send(page);
    await expectShown(page.getByRole('heading', { level: 1, name: en.errors['no-scans-left'].title }));
    await expectShown(page.getByText(en.trouble.photoKept));
    await page.getByRole('link', { name: en.buy.go }).click();
    await expectShown(page.getByText(en.buy.photoGoes));
    await buyPack(given.cloud, email, 1);
    await visit(page, '/look');
    await page.getByRole('button', { name: en.tryAgain }).click();
    await page.waitForURL('**/scans/*');
  });
});
