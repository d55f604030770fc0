/** The words of the readable export, against the policy and every closed list: nothing stands in it as the code calls it. */
import { describe, expect, it } from 'vitest';
import { fieldSaid, valueSaid } from '../../client/export-words.ts';
import { accountStates } from '../../core/account.ts';
import { actKinds } from '../../core/evidence.ts';
import { topics } from '../../core/message.ts';
import { failureReasons, inconclusiveReasons, rejectionReasons } from '../../core/outcome.ts';
import { voidReasons } from '../../core/purchase.ts';
import { suppressionReasons } from '../../core/people-ports.ts';
import { scanStates } from '../../core/scan.ts';
import { staffActionNames, staffCategories, staffReasons } from '../../core/staff.ts';
import {
  waiting,
  waitingFeedback,
  waitingMinor,
} from '../../lambdas/adapters/dynamodb/communication-item.ts';
import manifest from '../../models/skin-contrast/manifest.json' with { type: 'json' };
import { calmara } from '../../policies/calmara.ts';

/** Fields of the items that a person is shown, but for those that are withheld of every kind. */
const shown = calmara.dataClasses
  .filter(({ readers }) => readers.includes('person'))
  .flatMap(({ table, fields, kinds }) => {
    const whole = kinds.filter(({ kind }) => kind !== 'authority');
    const withheld = whole.map((kind) => new Set<string>(kind.withheld?.fields));
    const ofAuthority = /^(?:about|authority|counselReference|classes|opened.*|state|decided.*|disclosed)$/;
    return fields
      .map(({ name }) => name)
      .filter((name) => !withheld.every((names) => names.has(name)))
      .filter((name) => table !== 'audit' || !ofAuthority.test(name))
      .map((name) => [table, name] as const);
  });

it.each(shown)('%s: %s has a name in both languages, that is not its own', (_table, name) => {
  const said = fieldSaid(name);
  expect(said).toHaveLength(2);
  for (const text of said ?? []) {
    expect(text).not.toBe(name);
    expect(text.trim()).not.toBe('');
  }
});

const { consents, plans, surveys } = calmara;
const lists: readonly (readonly [table: string, field: string, words: readonly string[]])[] = [
  ['accounts', 'state', accountStates],
  ['accounts', 'language', calmara.languages],
  ['consents', 'language', calmara.languages],
  ['identities', 'suppressedFor', suppressionReasons],
  ['scans', 'state', scanStates],
  ['scans', 'band', Object.keys(manifest.bands)],
  ['scans', 'reason', [...failureReasons, ...inconclusiveReasons, ...rejectionReasons]],
  ['purchases', 'voidReason', voidReasons],
  ['purchases', 'planId', plans.map(({ planId }) => planId)],
  ['consents', 'purpose', consents.map(({ purpose }) => purpose)],
  ['consents', 'kind', actKinds],
  ['consents', 'text', ['adulthood', 'policy', ...consents.map(({ purpose }) => purpose)]],
  ['communications', 'topic', topics],
  ['communications', 'waiting', [waiting, waitingMinor, waitingFeedback]],
  ['communications', 'survey', surveys.map(({ surveyId }) => surveyId)],
  [
    'communications',
    'answers',
    surveys.flatMap(({ questions }) => questions.map(({ questionId }) => questionId)),
  ],
  ['audit', 'category', staffCategories],
  ['audit', 'action', staffActionNames],
  ['audit', 'reason', staffReasons],
];

describe.each(lists)('%s: %s', (table, field, words) => {
  it.each(words)('%s is said in both languages', (word) => {
    const said = valueSaid(table, field, word) ?? [];
    expect(said.map((text) => text.trim().length > 1)).toEqual([true, true]);
  });
});

it('of a word that is of no list nothing is said, not even of one that every object has', () => {
  for (const word of ['constructor', 'toString', 'a-band-of-another-model']) {
    expect(valueSaid('scans', 'band', word)).toBeUndefined();
    expect(fieldSaid(word)).toBeUndefined();
    expect(valueSaid(word, word, word)).toBeUndefined();
  }
});
