/** Joining, agreeing, withdrawing, signing in and out: in a browser, with the mail that the system sent. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meSchema, policyViewSchema } from '../../core/contract.ts';
import { en } from '../../web/words/en.ts';
import {
  buyPack,
  choose,
  expectShown,
  joinByHand,
  joinIn,
  newAddress,
  scan,
  send,
  signIn,
  visit,
  widthBeyondWindow,
} from './app.ts';
import { sizes } from './browser.ts';
import { givenApp } from './given.ts';

const given = givenApp();
let context: BrowserContext;
let page: Page;

beforeEach(async () => {
  context = await given.browser.newContext(sizes.phone);
  page = await context.newPage();
});
afterEach(async () => context.close());

const title = (name: string) => page.getByRole('heading', { level: 1, name });
const focused = (name: string) => title(name).and(page.locator(':focus'));

it('records each agreement as an act of its own, and none before it was done', async () => {
  const before = await given.cloud.database.items('consents');
  await page.goto(`${given.cloud.apiUrl}/`);
  await page.getByRole('button', { name: en.welcome.begin }).click();
  await signIn(page, given.cloud, newAddress());
  await expectShown(title(en.join.adulthood.title(18)));
  expect(await given.cloud.database.items('consents')).toEqual(before);
  await page.getByRole('button', { name: en.join.adulthood.yes(18) }).click();
  await expectShown(title(en.join.policy.title));
  await page.reload();
  // Where somebody stopped, they go on.
  await expectShown(title(en.join.policy.title));
  await page.getByRole('button', { name: /^I accept version/ }).click();
  await page.getByRole('button', { name: en.join.consent.notNow }).click();
  await expectShown(title(en.join.without.title));
  await page.getByRole('button', { name: en.join.without.back }).click();
  await page.getByRole('button', { name: en.join.consent.agree }).click();
  await expectShown(title(en.look.first.title));
  await visit(page, '/account/consents');
  await page.getByText(en.consents.evidence).click();
  for (const said of Object.values(en.consents.acts).slice(0, 3)) {
    await expectShown(page.locator('details').getByText(said).first());
  }
});

it('rejects a code that was not sent, and lets another one in', async () => {
  const email = `somebody.with.a.very.long.name.${newAddress()}`;
  await page.goto(`${given.cloud.apiUrl}/sign-in`);
  await page.getByLabel(en.signIn.email).fill(email);
  await page.getByRole('button', { name: en.signIn.send }).click();
  // To the letter: whoever copies it has the address.
  expect(await page.locator('bdi').textContent()).toBe(email);
  await page.getByLabel(en.signIn.code).fill('0000 0000');
  await page.getByRole('button', { name: en.signIn.check, exact: true }).click();
  await expectShown(page.getByText(en.signIn.refusedCode));
  expect(await widthBeyondWindow(page)).toBe(0);
  await page.getByRole('button', { name: en.signIn.otherAddress }).click();
  await signIn(page, given.cloud, email);
  await expectShown(title(en.join.adulthood.title(18)));
});

it('lets go whoever is too young: nothing is recorded, and the account can be deleted', async () => {
  await page.goto(`${given.cloud.apiUrl}/sign-in`);
  await signIn(page, given.cloud, newAddress());
  const before = await given.cloud.database.items('consents');
  await page.getByRole('button', { name: en.join.adulthood.no, exact: true }).click();
  await expectShown(title(en.join.stopped.title));
  await page.getByRole('link', { name: en.data.goodbye.go }).click();
  await expectShown(title(en.data.goodbye.title));
  expect(await given.cloud.database.items('consents')).toEqual(before);
});

it('rejects an address that no mail can reach', async () => {
  await page.goto(`${given.cloud.apiUrl}/sign-in`);
  await page.getByLabel(en.signIn.email).fill('nobody@nowhere');
  await page.getByRole('button', { name: en.signIn.send }).click();
  await expectShown(page.getByText(en.signIn.refusedAddress));
});

it('takes no photo after a withdrawal, until the person agrees again', async () => {
  await joinIn(page, given.cloud);
  await visit(page, '/account/consents');
  await page.getByRole('button', { name: en.consents.withdraw }).click();
  await expectShown(page.getByText('A photo that is on its way is deleted unread'));
  await page.getByRole('button', { name: en.consents.withdrawConfirm }).click();
  await expectShown(page.getByText(/^You withdrew this on/));
  await visit(page, '/look');
  await expectShown(page.getByRole('button', { name: en.join.consent.agree }));
  expect(await page.locator('[data-pick]').count()).toBe(0);
  await page.getByRole('button', { name: en.join.consent.agree }).click();
  await expectShown(title(en.look.title));
  await scan(page, 'sample');
  await expectShown(title(en.bands['visible-difference'].title));
});

it('sends somebody who withdrew elsewhere to what is missing, and keeps the photo meanwhile', async () => {
  const email = newAddress();
  await joinIn(page, given.cloud, email);
  await choose(page, 'sample');
  await expectShown(title(en.ready.title));
  const elsewhere = await given.browser.newContext(sizes.desktop);
  const other = await elsewhere.newPage();
  await other.goto(`${given.cloud.apiUrl}/sign-in`);
  await signIn(other, given.cloud, email);
  await other.getByRole('heading', { name: en.look.title }).waitFor();
  await visit(other, '/account/consents');
  await other.getByRole('button', { name: en.consents.withdraw }).click();
  await other.getByRole('button', { name: en.consents.withdrawConfirm }).click();
  await other.getByText(/^You withdrew this on/).waitFor();
  await elsewhere.close();
  await send(page);
  await expectShown(page.getByText(en.trouble.photoKept));
  await page.getByRole('button', { name: en.join.consent.agree }).click();
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
});

it('goes on with the same photo after a session that ended in the middle', async () => {
  const email = newAddress();
  await joinIn(page, given.cloud, email);
  await choose(page, 'sample');
  await expectShown(title(en.ready.title));
  const elsewhere = await given.browser.newContext(sizes.desktop);
  const other = await elsewhere.newPage();
  await other.goto(`${given.cloud.apiUrl}/sign-in`);
  await signIn(other, given.cloud, email);
  await other.getByRole('heading', { name: en.look.title }).waitFor();
  await visit(other, '/account/sessions');
  await other.getByRole('button', { name: en.sessions.everywhere }).click();
  await other.getByRole('dialog').getByRole('button', { name: en.sessions.everywhere }).click();
  await other.getByLabel(en.signIn.email).waitFor();
  await elsewhere.close();
  await send(page);
  await expectShown(page.getByText(en.signIn.interrupted));
  await signIn(page, given.cloud, email);
  await expectShown(page.getByText(en.trouble.photoKept));
  await page.getByRole('button', { name: en.tryAgain }).click();
  await page.waitForURL('**/scans/*');
  await expectShown(page.locator('.deletion-head').getByText(/^Your photo was deleted at/));
});

it('is signed in again after a reload, and not after signing out', async () => {
  await joinByHand(page, given.cloud);
  await page.reload();
  await expectShown(title(en.look.title));
  const [cookie] = await context.cookies(`${given.cloud.apiUrl}/v1/sessions`);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/v1/sessions' });
  expect(await page.evaluate('document.cookie')).toBe('');
  await visit(page, '/account');
  await page.getByRole('button', { name: en.account.signOut }).click();
  await expectShown(title(en.welcome.title));
  await page.reload();
  await expectShown(title(en.welcome.title));
});

it('sends a message and answers a survey, shows both, and deletes each after asking', async () => {
  await joinIn(page, given.cloud);
  await visit(page, '/account/messages');
  await page.getByLabel(en.messages.text).fill('How long does a sign-in last?');
  await page.getByRole('button', { name: en.messages.send, exact: true }).click();
  const message = page.locator('.message');
  await expectShown(message.getByText('How long does a sign-in last?'));
  await message.getByRole('button').click();
  await page.getByRole('button', { name: en.messages.removeConfirm }).click();
  await expectShown(page.getByText(en.messages.none));
  await page.getByLabel(en.messages.rating(4)).check({ force: true });
  await page.getByRole('button', { name: en.messages.sendFeedback }).click();
  await expectShown(page.getByText(en.messages.thanks, { exact: true }).first());
  await expectShown(focused(en.messages.title));
  await expectShown(message.getByText(en.messages.rating(4)));
  await message.getByRole('button', { name: 'Delete the answers' }).click();
  await page.getByRole('button', { name: en.messages.removeConfirm }).click();
  await expect.poll(async () => message.count()).toBe(0);
});

it('takes a report of a weakness and of a minor’s account from anybody, and says no more of it (CAL-7, CAL-18)', async () => {
  const reported = newAddress();
  const theirs = await given.browser.newContext();
  await joinIn(await theirs.newPage(), given.cloud, reported);
  await theirs.close();
  await page.goto(`${given.cloud.apiUrl}/.well-known/security.txt`);
  const contact = /^Contact: (.*\/report)$/m.exec(await page.locator('body').innerText())?.[1] ?? '';
  await page.goto(contact);
  await page.getByLabel(en.report.text).fill('The header X is missing.');
  await page.getByRole('button', { name: en.report.send }).click();
  await expectShown(page.locator('.lead').getByText(en.report.sent));
  // What was pressed is gone: the focus is on the heading, and not on nothing.
  await expectShown(focused(en.report.title));
  await page.getByRole('button', { name: en.report.another }).click();
  await expectShown(page.getByLabel(en.report.kind));
  await expectShown(focused(en.report.title));
  await page.getByLabel(en.report.kind).selectOption('minor');
  await page.getByLabel(en.report.email).fill('nobody');
  await page.getByRole('button', { name: en.report.send }).click();
  await expectShown(page.getByText(en.report.refused));
  for (const address of [newAddress(), reported]) {
    await page.getByLabel(en.report.kind).selectOption('minor');
    await page.getByLabel(en.report.email).fill(address);
    await page.getByRole('button', { name: en.report.send }).click();
    await expectShown(page.locator('.lead').getByText(en.report.sent));
    await page.getByRole('button', { name: en.report.another }).click();
  }
  expect(given.cloud.outbox.lastTo(reported)?.subject).toBe('Your account is suspended');
});

it('speaks German when asked, says that nobody has read it yet, and keeps the photo page in it', async () => {
  await joinIn(page, given.cloud);
  await visit(page, '/account');
  await page.getByLabel(en.account.language).selectOption('de');
  await expectShown(page.getByText('Diese Übersetzung hat noch niemand gegengelesen'));
  await expect.poll(async () => page.locator('html').getAttribute('lang')).toBe('de');
  await visit(page, '/look');
  await expectShown(title('Bereit, wenn du es bist'));
});

it('tells people, where they act, what not to send and how to report a problem (CAL-18)', async () => {
  await page.goto(`${given.cloud.apiUrl}/`);
  await expectShown(page.getByText(en.welcome.identity));
  await page.getByRole('button', { name: en.welcome.begin }).click();
  await expectShown(page.getByText('Use a masked e-mail address'));
  const email = newAddress();
  await signIn(page, given.cloud, email);
  await page.getByRole('button', { name: en.join.adulthood.yes(18) }).click();
  await buyPack(given.cloud, email);
  await page.getByRole('button', { name: /^I accept version/ }).click();
  await expectShown(page.getByText(en.welcome.identity));
  await page.getByRole('button', { name: en.join.consent.agree }).click();
  await expectShown(page.getByText(en.look.identity));
  await visit(page, '/privacy');
  await expectShown(page.getByText('security.txt says how to report it'));
});

it('says on every page that the policy changed, until the present version is accepted', async () => {
  await joinIn(page, given.cloud);
  let accepted = '0.9';
  await page.route('**/v1/me', async (route) => {
    const answer = await route.fetch();
    const me = meSchema.parse(await answer.json());
    await route.fulfill({
      response: answer,
      json: { ...me, policy: { ...me.policy, acceptedVersion: accepted } },
    });
  });
  await page.route('**/v1/policy', async (route) => {
    const answer = await route.fetch();
    const policy = policyViewSchema.parse(await answer.json());
    const first = {
      version: '0.9',
      effectiveFrom: '2026-10-01',
      asksAgain: true,
      changes: { en: 'A draft.' },
    };
    await route.fulfill({
      response: answer,
      json: { ...policy, versions: [first, ...policy.versions] },
    });
  });
  await page.route('**/v1/me/policy', async (route) => {
    accepted = '1.0';
    await route.continue();
  });
  await page.reload();
  await visit(page, '/history');
  await expectShown(page.getByText(en.policyChanged.text('1.0')));
  await page.getByRole('link', { name: en.policyChanged.show }).click();
  await expectShown(page.getByText(/^Version 1.0, in force since .* You accepted version 0.9/));
  // What changed, the newest first.
  expect(await page.locator('.versions li p').allTextContents()).toEqual(['The first version.', 'A draft.']);
  await page.getByRole('button', { name: en.join.policy.accept('1.0') }).click();
  await page.getByText(/You accepted version 1.0/).waitFor();
  await visit(page, '/history');
  await expectShown(title(en.history.empty));
  expect(await page.getByText(en.policyChanged.text('1.0')).count()).toBe(0);
  await page.unrouteAll({ behavior: 'wait' });
});
