/** What upkeep may be asked for, by the clock or by hand: a slip is refused before anything is read. */
import { describe, expect, it } from 'vitest';
import { EventRefused, parseEvent } from '../../../lambdas/upkeep/event.ts';

const now = Date.parse('2026-11-26T12:00:00.000Z');

it.each([undefined, null, {}])('asked for nothing (%o), it reconciles and repairs', (raw) => {
  expect(parseEvent(raw, now)).toEqual({ task: 'reconcile', repair: true, inParallel: 1 });
});

describe('the moment of a restored backup', () => {
  const read = (restoredAt: unknown) => parseEvent({ task: 'replay', restoredAt }, now).restoredAt;

  it.each([
    ['2026-11-26T09:30:00Z', Date.parse('2026-11-26T09:30:00.000Z')],
    ['2026-11-26T10:30:00+01:00', Date.parse('2026-11-26T09:30:00.000Z')],
    ['2026-11-26T12:05:00.000Z', now + 300_000],
  ])('is read with its zone: %s', (text, moment) => {
    expect(read(text)).toBe(moment);
  });

  it.each([
    ['without a zone', '2026-11-26T09:30:00'],
    ['a day alone', '2026-11-26'],
    ['a day that is none', '2026-02-30T09:30:00Z'],
    ['words', 'yesterday'],
    ['a number', now],
    ['empty', ''],
    ['null', null],
    ['ahead of every clock', '2026-11-26T12:05:00.001Z'],
    ['of another year, by a slip', '2027-11-26T09:30:00Z'],
  ])('rejects one %s, and says what it must be', (_what, restoredAt) => {
    expect(() => read(restoredAt)).toThrow(EventRefused);
    expect(() => read(restoredAt)).toThrow(/^restoredAt is the moment of the restore, .* with its zone/);
  });
});

it.each([
  ['a task that there is not', { task: 'jane@example.com' }, 'task is one of'],
  ['a name that is misspelt', { task: 'replay', 'jane@example.com': 1 }, 'an event is an object of'],
  ['more mails at once than mail allows', { task: 'policy', inParallel: 33 }, 'inParallel is a number'],
  ['a word for yes', { repair: 'jane@example.com' }, 'repair is true or false'],
  ['text', 'jane@example.com', 'an event is an object of'],
])('rejects %s, and repeats nothing of it', (_what, raw, says) => {
  expect(() => parseEvent(raw, now)).toThrow(says);
  expect(() => parseEvent(raw, now)).not.toThrow('jane');
});
