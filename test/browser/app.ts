/** The whole system with the app, and what a person does in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Locator, Page } from 'playwright-core';
import { challengeSchema, sessionTokensSchema } from '../../core/contract.ts';
import { ensureWeb } from '../../lib/web-bundle.ts';
import { startCloud, type Cloud } from '../../local/cloud.ts';
import type { Words } from '../../web/words/catalogue.ts';
import { en } from '../../web/words/en.ts';
import { fixturePath, samplePhotoPath, type FixtureName } from '../fixtures/index.ts';
import { payForPack } from '../money/pack.ts';

/** Starts the embedded cloud with the app, built when stale. */
export async function startApp(): Promise<Cloud> {
  const { dir: web } = await ensureWeb();
  return startCloud({
    web,
    scans: 20,
    dailyTicketLimit: 100_000,
    log: () => undefined,
  });
}

/** A folder for a browser profile, and what removes it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'onceover-browser-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

let people = 0;

/** An address that nobody has used in this run. */
export function newAddress(): string {
  people += 1;
  return `person-${people}@example.com`;
}

/** Asks for a code and enters the one that was mailed. */
export async function signIn(page: Page, cloud: Cloud, email: string): Promise<void> {
  await askForCode(page, email);
  await enterCode(page, cloud, email);
}

/** Has a code mailed. */
export async function askForCode(page: Page, email: string, words: Words = en): Promise<void> {
  await page.getByLabel(words.signIn.email).fill(email);
  await page.getByRole('button', { name: words.signIn.send }).click();
  await page.getByLabel(words.signIn.code).waitFor();
}

/** Enters the code that was mailed last. */
export async function enterCode(page: Page, cloud: Cloud, email: string, words: Words = en): Promise<void> {
  await page.getByLabel(words.signIn.code).fill(codeFor(cloud, email));
  await page.getByRole('button', { name: words.signIn.check, exact: true }).click();
}

/** The same without a pointer: the page has put the focus where the code goes. */
export async function typeCode(page: Page, cloud: Cloud, email: string): Promise<void> {
  await focused(page.getByLabel(en.signIn.code));
  await page.keyboard.type(codeFor(cloud, email));
  await page.keyboard.press('Enter');
}

/** Waits until a key would reach this. */
export async function focused(wanted: Locator): Promise<void> {
  await wanted.and(wanted.page().locator(':focus')).waitFor();
}

function codeFor(cloud: Cloud, email: string): string {
  const code = /\b\d{4}[ \u00a0]?\d{4}\b/.exec(cloud.outbox.lastTo(email)?.text ?? '')?.[0];
  if (code === undefined) throw new Error(`no code was mailed to ${email}`);
  return code;
}

/** What has to be agreed to, each as an act of its own. */
export async function agreeToAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: en.join.adulthood.yes(18) }).click();
  await page.getByRole('button', { name: /^I accept version/ }).click();
  await page.getByRole('button', { name: en.join.consent.agree }).click();
}

/** Agrees, and waits for the camera button, which whoever has scans left sees. */
export async function agree(page: Page): Promise<void> {
  await agreeToAll(page);
  await page.getByRole('heading', { name: en.look.title }).waitFor();
}

/** At the camera button as somebody new who has bought a pack; what the pages ask before was told to the API. */
export async function joinIn(page: Page, cloud: Cloud, email = newAddress()): Promise<void> {
  await joinByApi(page, cloud, email);
  await buyPack(cloud, email);
  await page.goto(`${cloud.apiUrl}/look`);
  await page.getByRole('heading', { name: en.look.title }).waitFor();
}

/** The same with nothing bought: the packs are what is shown. */
export async function joinWithNothing(page: Page, cloud: Cloud, email = newAddress()): Promise<void> {
  await joinByApi(page, cloud, email);
  await page.goto(`${cloud.apiUrl}/look`);
  await page.getByRole('heading', { name: en.look.first.title }).waitFor();
}

/** Signs in and agrees without a page. */
async function joinByApi(page: Page, cloud: Cloud, email: string): Promise<void> {
  const call = async (method: string, path: string, data: object, token = ''): Promise<unknown> => {
    const answer = await page.context().request.fetch(`${cloud.apiUrl}/v1/${path}`, {
      method,
      data,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const { challenge } = challengeSchema.parse(await call('POST', 'sessions', { email }));
  // The context keeps the cookie, so the page is signed in as soon as it comes up.
  const { accessToken } = sessionTokensSchema.parse(
    await call('POST', 'sessions/verify', { email, challenge, code: codeFor(cloud, email), keep: 'cookie' }),
  );
  const language = 'en';
  await call('PUT', 'me/adulthood', { version: 1, language }, accessToken);
  await call('PUT', 'me/policy', { version: '1.0', language }, accessToken);
  await call('PUT', 'me/consents/image-processing', { version: 1, language }, accessToken);
}

/** The same by way of every page, from the first one on. */
export async function joinByHand(page: Page, cloud: Cloud, email = newAddress()): Promise<void> {
  await page.goto(`${cloud.apiUrl}/`);
  await page.getByRole('button', { name: en.welcome.begin }).click();
  await signIn(page, cloud, email);
  await page.getByRole('heading', { name: en.join.adulthood.title(18) }).waitFor();
  await buyPack(cloud, email);
  await agree(page);
}

/** A pack for whoever has this address. */
export async function buyPack(cloud: Cloud, email: string, scans = 1000): Promise<void> {
  await payForPack(cloud, await accountOf(cloud, email), scans);
}

/** Id of the account of an address. */
export async function accountOf(cloud: Cloud, email: string): Promise<string> {
  const found = await cloud.documents.send(
    new ScanCommand({
      TableName: cloud.names.accounts,
      FilterExpression: 'email = :email',
      ExpressionAttributeValues: { ':email': email },
    }),
  );
  const account = found.Items?.[0];
  if (account === undefined) throw new Error(`nobody has ${email}`);
  return String(account['accountId']);
}

/** Chooses a fixture, or the sample photo, which holds EXIF and GPS. */
export async function choose(page: Page, photo: FixtureName | 'sample'): Promise<void> {
  const path = photo === 'sample' ? samplePhotoPath : fixturePath(photo);
  await page.setInputFiles('[data-pick=file]', path);
}

/** Sends what the checklist is shown of, good or not. */
export async function send(page: Page, words: Words = en): Promise<void> {
  const { send: good, sendAnyway } = words.ready;
  await page
    .getByRole('button', { name: good })
    .or(page.getByRole('button', { name: sendAnyway }))
    .click();
}

/** Chooses, sends, and waits for the result's page. */
export async function scan(page: Page, photo: FixtureName | 'sample'): Promise<void> {
  await choose(page, photo);
  await send(page);
  await page.waitForURL('**/scans/*');
}

/** Goes to a page of the app without loading it anew, as a link would. */
export async function visit(page: Page, path: string): Promise<void> {
  // As text: it runs in the page, whose types this folder does not have.
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'));`,
  );
}

/** How far one could scroll aside, px. */
export async function widthBeyondWindow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Fails unless this goes away. */
export async function expectGone(what: Locator): Promise<void> {
  await what.waitFor({ state: 'detached', timeout: 60_000 });
}

/** Fails unless this comes to be seen. */
export async function expectShown(what: Locator, timeoutMs = 60_000): Promise<void> {
  await what.waitFor({ timeout: timeoutMs });
}
