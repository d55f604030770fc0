/** One's own data in a browser: taken along, seen who looked, deleted in parts and whole, and followed until it is gone. */
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askStaff } from '../../bin/staff/ask.ts';
import { keptItemSchema } from '../../core/contract.ts';
import { tables } from '../../core/tables.ts';
import { usageEvents } from '../../core/usage.ts';
import { en } from '../../web/words/en.ts';
import { accountOf, expectShown, joinIn, newAddress, scan, signIn, visit } from './app.ts';
import { recordRequests, sizes, type Sent } from './browser.ts';
import { givenApp } from './given.ts';

const given = givenApp();
let context: BrowserContext;
let page: Page;
let sent: readonly Sent[];
let email: string;

beforeEach(async () => {
  context = await given.browser.newContext(sizes.phone);
  sent = recordRequests(context);
  page = await context.newPage();
  email = newAddress();
  await joinIn(page, given.cloud, email);
});
afterEach(async () => context.close());

const title = (name: string) => page.getByRole('heading', { level: 1, name });

/** As long as it takes until the second look found nothing. */
async function untilGone(): Promise<void> {
  await given.cloud.clock.advance(18 * 60_000);
  await given.cloud.runner.idle();
}

async function download(kind: 'html' | 'json'): Promise<{ readonly path: string; readonly name: string }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: en.data.download[kind] }).click(),
  ]);
  return { path: await file.path(), name: file.suggestedFilename() };
}

/** Writes to support, as somebody would. */
async function write(text: string): Promise<void> {
  await visit(page, '/account/messages');
  await page.getByLabel(en.messages.text).fill(text);
  await page.getByRole('button', { name: en.messages.send, exact: true }).click();
  await expectShown(page.locator('.message').getByText(text));
}

describe('taking the data along', () => {
  it('makes a file for programs of everything that is held, on the device, and leaves nothing there', async () => {
    await scan(page, 'sample');
    await write('How long is this kept?');
    await visit(page, '/account/data');
    const { path, name } = await download('json');
    expect(name).toMatch(/^calmara-my-data-\d{4}-\d\d-\d\d\.json$/);
    const whole = z
      .object({ product: z.string(), items: z.array(keptItemSchema), elsewhere: z.array(z.unknown()) })
      .parse(JSON.parse(await readFile(path, 'utf8')));
    const classes = new Set(whole.items.map(({ dataClass }) => dataClass));
    for (const one of ['personal', 'health', 'transactions', 'evidence', 'communications'] as const) {
      expect(classes, one).toContain(one);
    }
    const text = JSON.stringify(whole.items);
    for (const held of [email, 'visible-difference', 'How long is this kept?']) expect(text).toContain(held);
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, history.state]')).toEqual([
      0,
      0,
      null,
    ]);
    // It was put together here: nothing went out but the questions.
    expect(sent.filter(({ method, url }) => url.includes('/v1/me/export') && method !== 'GET')).toEqual([]);
  });

  it('makes a page to read, which says what each thing is for, and needs nobody to show it', async () => {
    await scan(page, 'sample');
    await visit(page, '/account/data');
    const { path, name } = await download('html');
    expect(name).toMatch(/\.html$/);
    const reading = await given.browser.newContext(sizes.phone);
    const requests = recordRequests(reading);
    const reader = await reading.newPage();
    await reader.setContent(await readFile(path, 'utf8'));
    await expectShown(
      reader.getByRole('heading', { level: 1, name: 'Everything that Calmara holds about me' }),
    );
    await expectShown(reader.getByText(email).first());
    await expectShown(reader.getByText('until you delete your account').first());
    await expectShown(reader.getByRole('rowheader', { name: 'E-mail address' }).first());
    await expectShown(reader.getByText('a visible colour difference').first());
    expect(requests).toEqual([]);
    const { violations } = await new AxeBuilder({ page: reader }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await reading.close();
  });

  it('says so when the data could not be collected, and makes no file', async () => {
    await page.route('**/v1/me/export*', (route) => route.abort());
    await visit(page, '/account/data');
    await page.getByRole('button', { name: en.data.download.json }).click();
    await expectShown(page.getByText(en.errors.network.title), 60_000);
    expect(await page.getByRole('button', { name: en.data.download.json }).isEnabled()).toBe(true);
  });
});

describe('who looked', () => {
  it('is nobody, until somebody of the staff looks, and then says as what and why', async () => {
    await visit(page, '/account/access');
    await expectShown(page.getByText(en.data.access.nobody));
    const looked = await askStaff(
      { target: { kind: 'local', apiUrl: given.cloud.apiUrl }, staff: 'kim' },
      { action: 'find', reason: 'person-asked', note: 'The person asks on the phone.', email },
      {},
    );
    expect(looked.ok).toBe(true);
    await visit(page, '/account/data');
    await page.getByRole('link', { name: en.data.access.title }).click();
    await expectShown(page.getByText(en.data.access.actions.find));
    await expectShown(page.getByText(en.data.access.because(en.data.access.reasons['person-asked'])));
    await expectShown(page.getByText(new RegExp(`^${en.data.access.categories.support} ·`)));
    // Neither who it was nor what they wrote down for the audit.
    expect(await page.getByText('kim').count()).toBe(0);
    expect(await page.getByText('on the phone').count()).toBe(0);
  });
});

describe('deleting', () => {
  it('deletes the history after asking, keeps account and plan, and shows when it is gone', async () => {
    await scan(page, 'sample');
    await visit(page, '/account/data');
    await page.getByRole('button', { name: en.data.remove.history.go }).click();
    const dialog = page.getByRole('dialog');
    await expectShown(dialog.getByText('No scan is returned to your plan'));
    await dialog.getByRole('button', { name: en.cancel }).click();
    await visit(page, '/history');
    await expectShown(page.locator('.row'));
    await visit(page, '/account/data');
    await page.getByRole('button', { name: en.data.remove.history.go }).click();
    await dialog.getByRole('button', { name: en.data.remove.history.confirm }).click();
    await expectShown(page.getByText(en.data.remove.history.done, { exact: false }).first());
    await page.getByRole('link', { name: en.data.remove.follow }).click();
    await expectShown(title(en.gone.erasing.title));
    await untilGone();
    await expectShown(title(en.gone.done.title));
    await visit(page, '/history');
    await expectShown(title(en.history.empty));
    await visit(page, '/account/purchases');
    await expectShown(page.locator('.purchase').getByText(en.purchases.units(999, 1)));
  });

  it('deletes the messages after asking', async () => {
    await write('Please forget this.');
    await visit(page, '/account/data');
    await page.getByRole('button', { name: en.data.remove.messages.go }).click();
    await page.getByRole('dialog').getByRole('button', { name: en.data.remove.messages.confirm }).click();
    await expectShown(page.getByText(en.data.remove.messages.done, { exact: false }).first());
    await visit(page, '/account/messages');
    await expectShown(page.getByText(en.messages.none));
  });

  it('deletes the account: says what goes, shows that it is gone, and knows nobody afterwards', async () => {
    await scan(page, 'sample');
    const account = await accountOf(given.cloud, email);
    const holding = async () => {
      const names = tables.map(({ name }) => name);
      const items = await Promise.all(names.map(async (name) => given.cloud.database.items(name)));
      const all = names.map((name, at) => [name, JSON.stringify(items[at])] as const);
      return all.filter(([, text]) => text.includes(account) || text.includes(email)).map(([name]) => name);
    };
    expect(await holding()).toEqual(
      expect.arrayContaining(['accounts', 'identities', 'scans', 'purchases', 'consents']),
    );
    await visit(page, '/account/data');
    await page.getByRole('link', { name: en.data.remove.account.go }).click();
    await expectShown(page.getByText(en.data.goodbye.goes.scans(999)));
    await expectShown(page.getByText(en.data.goodbye.stays.items[0] ?? ''));
    await page.getByRole('button', { name: en.data.goodbye.go }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: en.cancel }).click();
    await visit(page, '/history');
    await expectShown(page.locator('.row'));
    await visit(page, '/account/delete');
    await page.getByRole('button', { name: en.data.goodbye.go }).click();
    await dialog.getByRole('button', { name: en.data.goodbye.confirm }).click();
    await expectShown(title(en.gone.erasing.title));
    expect(await context.cookies(`${given.cloud.apiUrl}/v1/sessions`)).toEqual([]);
    // The address is all that one needs: another device, nobody signed in.
    const address = page.url();
    const elsewhere = await given.browser.newContext(sizes.desktop);
    const other = await elsewhere.newPage();
    await other.goto(address);
    await expectShown(other.getByRole('heading', { level: 1, name: en.gone.erasing.title }));
    await elsewhere.close();
    await untilGone();
    await expectShown(title(en.gone.done.title));
    // What waits for the third look a day later is the random id alone.
    expect((await holding()).filter((name) => name !== 'erasures')).toEqual([]);
    await page.reload();
    await expectShown(title(en.gone.done.title));
    await page.getByRole('link', { name: en.gone.home }).click();
    await expectShown(title(en.welcome.title));
    // The same address is somebody new.
    await page.getByRole('button', { name: en.welcome.begin }).click();
    await signIn(page, given.cloud, email);
    await expectShown(title(en.join.adulthood.title(18)));
  });

  it('ends what another device does with the account, in words', async () => {
    const elsewhere = await given.browser.newContext(sizes.desktop);
    const other = await elsewhere.newPage();
    await other.goto(`${given.cloud.apiUrl}/sign-in`);
    await signIn(other, given.cloud, email);
    await other.getByRole('heading', { name: en.look.title }).waitFor();
    await visit(page, '/account/delete');
    await page.getByRole('button', { name: en.data.goodbye.go }).click();
    await page.getByRole('dialog').getByRole('button', { name: en.data.goodbye.confirm }).click();
    await expectShown(title(en.gone.erasing.title));
    await visit(other, '/history');
    await expectShown(other.getByText(en.errors['account-inactive'].title));
    await other.reload();
    await expectShown(other.getByLabel(en.signIn.email));
    await elsewhere.close();
  });

  it('rejects an address of a deletion that there is not, in words', async () => {
    await page.goto(`${given.cloud.apiUrl}/gone/AAAAAAAAAAAAAAAAAAAAAA`);
    await expectShown(page.getByText(en.errors['erasure-not-found'].title));
  });

  it('says when an account could not be deleted, and leaves it as it was', async () => {
    await page.route('**/v1/me', (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.continue(),
    );
    await visit(page, '/account/delete');
    await page.getByRole('button', { name: en.data.goodbye.go }).click();
    await page.getByRole('dialog').getByRole('button', { name: en.data.goodbye.confirm }).click();
    await expectShown(page.getByText(en.errors.network.title), 60_000);
    await visit(page, '/history');
    await expectShown(title(en.history.empty));
  });
});

it('counts use by names of a closed list, with nothing that tells who it was (CAL-9)', async () => {
  const counted: Request[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('/v1/usage')) counted.push(request);
  });
  const body = z.strictObject({ event: z.string() });
  await scan(page, 'sample');
  await page.locator('summary').click();
  // The browser tells of what was opened a task later.
  await expect.poll(() => counted.length).toBe(4);
  await visit(page, '/history');
  await visit(page, '/account/data');
  await expect
    .poll(() => counted.map((request) => body.parse(request.postDataJSON()).event))
    .toEqual([
      'photo-chosen',
      'photo-sent',
      'result-seen',
      'evidence-opened',
      'history-opened',
      'export-opened',
    ]);
  for (const request of counted) {
    const headers = await request.allHeaders();
    expect(usageEvents).toContain(body.parse(request.postDataJSON()).event);
    expect(Object.keys(headers)).not.toContain('authorization');
    expect(Object.keys(headers)).not.toContain('cookie');
    expect(headers['referer']).toBeUndefined();
  }
});
