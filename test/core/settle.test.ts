import { describe, expect, it } from 'vitest';
import { settle } from '../../core/settle.ts';
import { createMemoryLedger, LostAnswerError } from '../memory/ledger.ts';
import {
  aConsent,
  aLease,
  anAccount,
  anIssuedScan,
  aPurchase,
  aTicket,
  claimedBy,
  noon,
  outcomes,
} from '../contract/given.ts';

async function given() {
  const ledger = createMemoryLedger();
  const scan = anIssuedScan('account');
  ledger.put.account(anAccount('account'));
  ledger.put.consent('account', aConsent());
  ledger.put.purchase(aPurchase('account'));
  await ledger.tickets.issue(aTicket(scan));
  const pauses: number[] = [];
  const pacing = { pause: async (attempt: number) => void pauses.push(attempt) };
  const ports = { scans: ledger.scans, clock: { now: () => noon + 5 }, pacing };
  const units = () => ledger.purchase('account', 'pi_first')?.scansUsed;
  return { ledger, scan, ports, pauses, units };
}

describe('settling', () => {
  it('ends the scan and gives the unit back', async () => {
    const { ledger, scan, ports, units } = await given();
    expect(await settle(ports, scan, outcomes.expired)).toBe('settled');
    expect(await ledger.scans.find(scan.scanId)).toMatchObject({ state: 'expired', endedAt: noon + 5 });
    expect(units()).toBe(0);
  });

  it('tries again, with growing pauses, while another transaction is in the way', async () => {
    const { ledger, scan, ports, pauses, units } = await given();
    for (let times = 0; times < 3; times += 1) ledger.fail('settle', 'conflict');
    expect(await settle(ports, scan, outcomes.expired)).toBe('settled');
    expect(pauses).toEqual([0, 1, 2]);
    expect(units()).toBe(0);
  });

  it('gives up after bounded tries, having moved nothing', async () => {
    const { ledger, scan, ports, units } = await given();
    for (let times = 0; times < 20; times += 1) ledger.fail('settle', 'conflict');
    expect(await settle(ports, scan, outcomes.expired)).toBe('busy');
    expect(units()).toBe(1);
  });

  it('done again after a lost answer moves nothing twice', async () => {
    const { ledger, scan, ports, units } = await given();
    ledger.fail('settle', 'lost');
    await expect(settle(ports, scan, outcomes.expired)).rejects.toThrow(LostAnswerError);
    expect(await settle(ports, scan, outcomes.expired)).toBe('already-terminal');
    expect(units()).toBe(0);
  });

  it('twice at once ends the scan once', async () => {
    const { scan, ports, units } = await given();
    const answers = await Promise.all([
      settle(ports, scan, outcomes.expired),
      settle(ports, scan, outcomes.erased),
    ]);
    expect(answers.toSorted()).toEqual(['already-terminal', 'settled']);
    expect(units()).toBe(0);
  });

  it('says that the scan moved when another invocation holds it', async () => {
    const { ledger, scan, ports } = await given();
    await ledger.scans.claim(scan.scanId, aLease(), noon);
    expect(await settle(ports, scan, outcomes.expired)).toBe('moved');
  });

  it('says that the scan is gone when it is', async () => {
    const { ports } = await given();
    expect(await settle(ports, anIssuedScan('account'), outcomes.expired)).toBe('gone');
  });

  it('erases the scan alone where its purchase no longer exists', async () => {
    const { ledger, scan, ports, units } = await given();
    ledger.put.removePurchase('account', 'pi_first');
    ledger.fail('eraseAlone', 'conflict');
    expect(await settle(ports, scan, outcomes.expired)).toBe('settled');
    expect(await ledger.scans.find(scan.scanId)).toMatchObject({ state: 'erased' });
    expect(units()).toBeUndefined();
  });

  it('rejects an outcome that may not follow', async () => {
    const { scan, ports } = await given();
    await expect(settle(ports, scan, outcomes.completed)).rejects.toThrow(RangeError);
    await expect(settle(ports, claimedBy(scan, aLease()), outcomes.expired)).rejects.toThrow(RangeError);
  });
});
