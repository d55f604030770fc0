import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeOf,
  decideClaim,
  decideOverdue,
  maxNameLength,
  maySettle,
  openShardOf,
  openShards,
  parseScanName,
  protocol,
  scanIdOfKey,
  scanStates,
  terminalStates,
  transitions,
  type Scan,
} from '../../core/scan.ts';
import { aLease, anIssuedScan, claimedBy, freshId, noon, outcomes } from '../contract/given.ts';

const issued = anIssuedScan('account');
const lease = aLease();
const claimed = claimedBy(issued, lease);
const event = { sequencer: lease.sequencer, leaseId: freshId(), now: noon + 1 };
const terminal: Scan = {
  scanId: issued.scanId,
  issuedAt: noon,
  state: 'expired',
  endedAt: noon,
  outcome: { state: 'expired' },
};

describe('the states of a scan', () => {
  it('reach every state from issued, and nothing from a terminal one', () => {
    const reached = new Set<string>(['issued']);
    for (const state of scanStates) {
      if (reached.has(state)) for (const next of transitions[state]) reached.add(next);
    }
    expect([...reached].toSorted()).toEqual([...scanStates].toSorted());
    for (const state of terminalStates) expect(transitions[state]).toEqual([]);
  });

  it('charge a completed scan only (ONE-3)', () => {
    expect(terminalStates.filter((state) => chargeOf[state] === 'charged')).toEqual(['completed']);
  });

  it('give a result to a claimed scan only: an unclaimed one never completes', () => {
    const results = (['completed', 'inconclusive', 'rejected'] as const).map((state) => outcomes[state]);
    expect(results.map((outcome) => maySettle(issued, outcome))).toEqual([false, false, false]);
    expect(results.map((outcome) => maySettle(claimed, outcome))).toEqual([true, true, true]);
    expect(maySettle(claimed, outcomes.expired)).toBe(false);
  });

  it('end within 300 s of being issued, by the protocol’s own numbers (ONE-2)', () => {
    const sweepLagMs = 60_000 + 60_000 + 10_000;
    expect(protocol.deadlineMs + protocol.leaseMs + sweepLagMs).toBeLessThanOrEqual(300_000);
    expect(protocol.objectMaxAgeMs + sweepLagMs).toBeLessThanOrEqual(300_000);
  });
});

describe('a storage event', () => {
  it.each([
    ['claims an issued scan', issued, event, 'claim'],
    ['claims its own lease again', claimed, { ...event, leaseId: lease.leaseId }, 'claim'],
    ['takes over a lease that ran out', claimed, { ...event, now: lease.leaseUntil }, 'claim'],
    ['leaves a duplicate alone while the first is at work', claimed, event, 'leave'],
    ['deletes a replayed upload under a live lease', claimed, { ...event, sequencer: '02' }, 'delete-only'],
    ['deletes the object of an unknown scan', undefined, event, 'delete-only'],
    ['deletes the object of a terminal scan', terminal, event, 'delete-only'],
    ['deletes a late object', issued, { ...event, now: issued.deadlineAt }, 'delete-only'],
    [
      'leaves a duplicate alone that comes after the deadline, while the first is at work',
      claimedBy(issued, { ...lease, leaseUntil: issued.deadlineAt + 10 }),
      { ...event, now: issued.deadlineAt + 1 },
      'leave',
    ],
    [
      'deletes where the lease ran out after the deadline',
      claimed,
      { ...event, now: issued.deadlineAt },
      'delete-only',
    ],
  ] as const)('%s', (_title, scan, arrival, decision) => {
    expect(decideClaim(scan, arrival)).toBe(decision);
  });
});

describe('an overdue scan', () => {
  it.each([
    ['waits before its deadline', issued, issued.deadlineAt - 1, true, undefined],
    ['expires when no object came', issued, issued.deadlineAt, false, { state: 'expired' }],
    [
      'fails when its object lies there unread',
      issued,
      issued.deadlineAt,
      true,
      { state: 'failed', reason: 'not-analysed' },
    ],
    [
      'fails when its lease ran out',
      claimed,
      issued.deadlineAt,
      false,
      { state: 'failed', reason: 'interrupted' },
    ],
    [
      'waits while its lease is live',
      claimedBy(issued, { ...lease, leaseUntil: issued.deadlineAt + 1 }),
      issued.deadlineAt,
      false,
      undefined,
    ],
  ] as const)('%s', (_title, scan, now, objectSeen, outcome) => {
    expect(decideOverdue(scan, now, objectSeen)).toEqual(outcome);
  });

  it('is always settled legally', () => {
    fc.assert(
      fc.property(fc.constantFrom(issued, claimed), fc.nat(400_000), fc.boolean(), (scan, after, seen) => {
        const outcome = decideOverdue(scan, noon + after, seen);
        return outcome === undefined || maySettle(scan, outcome);
      }),
    );
  });
});

describe('ids and shards', () => {
  it('read a scan from its key, and none from any other key', () => {
    const id = freshId();
    expect(scanIdOfKey(id)).toBe(id);
    for (const key of ['', 'a', `${id}/x`, `../${id.slice(3)}`, `${id} `]) {
      expect(scanIdOfKey(key)).toBeUndefined();
    }
  });

  it('spread open scans over all shards', () => {
    const shards = new Set(Array.from({ length: 500 }, () => openShardOf(freshId())));
    expect(shards.size).toBe(openShards);
  });
});

describe('the name of a scan', () => {
  it.each(['left arm', 'बायाँ हाथ', '左腕', 'ذراع', '👩🏽‍🦱 cheek', 'a'.repeat(maxNameLength)])(
    'keeps %j',
    (name) => {
      expect(parseScanName(` ${name} `)).toBe(name);
    },
  );

  it.each([
    ['nothing', '  '],
    ['invisible characters alone', '\u200b\u2060'],
    ['a control character', 'a\u0007b'],
    ['a line break', 'a\nb'],
    ['a bidirectional override', 'a\u202eb'],
    ['a bidirectional isolate', 'a\u2067b'],
    ['a lone surrogate', 'a\ud800'],
    ['too many characters', 'a'.repeat(maxNameLength + 1)],
  ])('rejects %s', (_title, name) => {
    expect(parseScanName(name)).toBeUndefined();
  });

  it('is the same when parsed again, whatever came in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (raw) => {
        const name = parseScanName(raw);
        return name === undefined || parseScanName(name) === name;
      }),
    );
  });
});
