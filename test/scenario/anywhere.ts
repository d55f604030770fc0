/**
 * The scenarios that need no fault, no skipped minute and no look inside: they run over the embedded system and over
 * any other cloud that the product was put into. They know a `Stage` and nothing else.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contentTypes } from '../../core/scan.ts';
import { calmara } from '../../policies/calmara.ts';
import { fixtures } from '../fixtures/index.ts';
import { historyOf, photo, type Stage } from './stage.ts';

export function scenariosAnywhere(name: string, open: () => Promise<Stage>): void {
  describe(`the life of an image, ${name}`, () => {
    let opened: Stage | undefined;
    const stage = (): Stage => {
      if (opened === undefined) throw new Error('the stage did not open');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    // When opening failed there is nothing to close, and its error is the one to see.
    afterAll(() => opened?.close());
    afterEach(async () => {
      await stage().idle();
      expect(await stage().keys()).toEqual([]);
    });
    describe('a photo', () => {
      photoScenarios(stage);
    });
    describe('bytes that a privileged uploader plants', () => {
      plantedScenarios(stage);
    });
    describe('a ticket', () => {
      ticketScenarios(stage);
    });
    describe('deleting', () => {
      deletionScenarios(stage);
    });
    historyScenario(stage);
  });
}

function photoScenarios(stage: () => Stage): void {
  const names = Object.keys(fixtures) as (keyof typeof fixtures)[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- keys of a const object

  it.each(names)('like %s ends as it must, and is gone', async (name) => {
    const person = await stage().person();
    const { contentType, expected } = fixtures[name];
    const scan = await person.client.scanPhoto({
      bytes: Uint8Array.from(await photo(name)),
      contentType,
    });
    expect(scan).toMatchObject(expected);
    expect(scan.message.length).toBeGreaterThan(20);
    expect(scan.charged).toBe(expected.state === 'completed');
    expect(scan.deletion).toMatchObject({ verified: true });
    expect(await person.units()).toEqual(expected.state === 'completed' ? [1, 1] : [0, 0]);
  });

  it('leaves the high-level result in the database, and nothing else (CAL-2)', async () => {
    const person = await stage().person();
    const { id } = await person.client.scanPhoto({
      bytes: Uint8Array.from(await photo('skin-clear')),
      contentType: 'image/jpeg',
    });
    const item = await stage().rawScan(id);
    expect(Object.keys(item ?? {}).toSorted()).toEqual(
      [
        'accountId',
        'band',
        'deletedAt',
        'endedAt',
        'issuedAt',
        'layout',
        'modelDigest',
        'modelName',
        'modelVersion',
        'msFromUpload',
        'scanId',
        'state',
      ].toSorted(),
    );
    const health = calmara.dataClasses.find(({ table }) => table === 'scans');
    const named = health?.fields.map((field) => field.name);
    expect(named).toEqual(expect.arrayContaining(Object.keys(item ?? {})));
  });

  it('of a type that no ticket takes is refused before any upload', async () => {
    const person = await stage().person();
    for (const contentType of ['image/gif', 'image/tiff', 'text/html']) {
      expect(contentTypes).not.toContain(contentType);
      await expect(
        person.client.requestTicket({ bytes: new Uint8Array(4), contentType }),
      ).rejects.toMatchObject({ code: 'unsupported-content-type' });
    }
    expect(await person.units()).toEqual([0, 0]);
  });
}

function plantedScenarios(stage: () => Stage): void {
  it('under an issued scan with another length end as length-mismatch', async () => {
    const person = await stage().person();
    const bytes = await photo('skin-clear');
    for (const planted of [bytes.subarray(0, bytes.length - 1), Uint8Array.from([...bytes, 0])]) {
      const { scan } = await person.ticket(bytes);
      await stage().plant(scan.id, planted);
      await stage().idle();
      expect(await person.client.getScan(scan.id)).toMatchObject({
        state: 'rejected',
        reason: 'length-mismatch',
      });
    }
    expect(await person.units()).toEqual([0, 0]);
  });

  it('under an issued scan with other content end as checksum-mismatch', async () => {
    const person = await stage().person();
    const bytes = await photo('skin-clear');
    const { scan } = await person.ticket(bytes);
    await stage().plant(scan.id, bytes.toReversed());
    await stage().idle();
    expect(await person.client.getScan(scan.id)).toMatchObject({
      state: 'rejected',
      reason: 'checksum-mismatch',
      charged: false,
    });
  });

  it('under keys that no ticket named are deleted', async () => {
    for (const key of ['stray', 'a/b c+d%20é', '../x', 'A'.repeat(22)]) {
      await stage().plant(key, await photo('skin-clear'));
      await stage().idle();
      expect(await stage().keys()).toEqual([]);
    }
  });
}

function ticketScenarios(stage: () => Stage): void {
  it('whose address is replayed after the deletion leaves nothing, and charges nothing twice', async () => {
    const person = await stage().person();
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    await stage().put(ticket, bytes);
    await stage().idle();
    const first = await person.client.getScan(ticket.scan.id);
    // The address is good for a minute and the object is gone, so storage takes it again.
    expect(await stage().put(ticket, bytes)).toBe(200);
    await stage().idle();
    expect(await stage().keys()).toEqual([]);
    expect(await person.client.getScan(ticket.scan.id)).toEqual(first);
    expect(await person.units()).toEqual([1, 1]);
  });

  it('asked for twice at once under one key makes one scan', async () => {
    const person = await stage().person();
    const bytes = await photo('skin-clear');
    const key = 'one-key-for-one-photo';
    const tickets = await Promise.all(Array.from({ length: 6 }, () => person.ticket(bytes, key)));
    expect(new Set(tickets.map(({ scan }) => scan.id)).size).toBe(1);
    expect(await person.units()).toEqual([1, 0]);
    for (const { upload } of tickets) expect(upload).toBeDefined();
    await stage().put(tickets[0] ?? (await person.ticket(bytes, key)), bytes);
    await stage().idle();
    const again = await person.ticket(bytes, key);
    expect(again.scan.state).toBe('completed');
    expect(again.upload).toBeUndefined();
    expect(await person.units()).toEqual([1, 1]);
  });

  it('past its deadline is ended by the next sweep, and gives its unit back', async () => {
    const person = await stage().person();
    const { scan } = await person.ticket(await photo('skin-clear'));
    await stage().sweep();
    expect(await person.client.getScan(scan.id)).toMatchObject({ state: 'issued' });
    expect(await person.units()).toEqual([1, 0]);
    await stage().passDeadline(scan.id);
    await stage().sweep();
    expect(await person.client.getScan(scan.id)).toMatchObject({ state: 'expired', charged: false });
    expect(await person.units()).toEqual([0, 0]);
  });

  it('is refused without scans left, without consent, and without a token', async () => {
    const bytes = await photo('skin-clear');
    const poor = await stage().person({ scansTotal: 0 });
    const unwilling = await stage().person({ granted: false });
    await expect(poor.ticket(bytes)).rejects.toMatchObject({ code: 'no-scans-left' });
    await expect(unwilling.ticket(bytes)).rejects.toMatchObject({ code: 'consent-required' });
    expect(await unwilling.units()).toEqual([0, 0]);
    expect((await stage().stranger('GET', '/v1/scans')).status).toBe(401);
  });
}

function deletionScenarios(stage: () => Stage): void {
  it('a finished scan gives no unit back (CAL-4), and its key answers 410', async () => {
    const person = await stage().person();
    const bytes = await photo('skin-clear');
    const key = 'key-of-a-scan-that-goes';
    const ticket = await person.ticket(bytes, key);
    await stage().put(ticket, bytes);
    await stage().idle();
    await person.client.deleteScan(ticket.scan.id);
    expect(await stage().rawScan(ticket.scan.id)).toBeUndefined();
    expect(await person.units()).toEqual([1, 1]);
    await expect(person.ticket(bytes, key)).rejects.toMatchObject({ code: 'scan-gone', status: 410 });
  });

  it('a scan whose purchase is gone erases the scan alone', async () => {
    const person = await stage().person();
    const { scan } = await person.ticket(await photo('skin-clear'));
    await person.dropPurchase();
    await stage().passDeadline(scan.id);
    await stage().sweep();
    expect(await stage().rawScan(scan.id)).toMatchObject({ state: 'erased' });
    expect(await person.units()).toEqual([undefined, undefined]);
  });

  it('an open scan gives the unit back, and its photo is deleted when it comes later', async () => {
    const person = await stage().person();
    const bytes = await photo('skin-clear');
    const ticket = await person.ticket(bytes);
    await person.client.deleteScan(ticket.scan.id);
    expect(await stage().put(ticket, bytes)).toBe(200);
    await stage().idle();
    expect(await stage().keys()).toEqual([]);
    await expect(person.client.getScan(ticket.scan.id)).rejects.toMatchObject({ code: 'scan-not-found' });
    expect(await stage().rawScan(ticket.scan.id)).not.toHaveProperty('accountId');
    expect(await person.units()).toEqual([0, 0]);
  });
}

function historyScenario(stage: () => Stage): void {
  it('history is paged, renamed and deleted by its owner alone (CAL-3)', async () => {
    const [person, stranger] = [await stage().person(), await stage().person()];
    for (let count = 0; count < 3; count += 1) {
      await person.client.scanPhoto({
        bytes: Uint8Array.from(await photo('skin-clear')),
        contentType: 'image/jpeg',
      });
    }
    const seen = await historyOf(person);
    expect(new Set(seen).size).toBe(3);
    const [id = ''] = seen;
    expect(await person.client.renameScan(id, ' बायाँ हाथ ')).toMatchObject({ name: 'बायाँ हाथ' });
    for (const call of [
      () => stranger.client.getScan(id),
      () => stranger.client.renameScan(id, 'mine'),
      () => stranger.client.deleteScan(id),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'scan-not-found' });
    }
    await person.client.deleteScan(id);
    expect(await historyOf(person)).toEqual(seen.slice(1));
  });
}
