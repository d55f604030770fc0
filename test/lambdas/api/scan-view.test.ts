import { expect, test } from 'vitest';
import { scanViewSchema } from '../../../core/contract.ts';
import { inconclusiveReasons } from '../../../core/outcome.ts';
import { reasonMessages, viewScan } from '../../../lambdas/api/scan-view.ts';
import { bandOf, deletion, manifest, model, start } from './given.ts';

const ended = { scanId: 'x'.repeat(22), accountId: 'a', issuedAt: start, endedAt: start + 1 };

test('every reason has a sentence that ends by saying that nothing was charged', () => {
  expect(Object.keys(reasonMessages).toSorted()).toEqual(
    [...(scanViewSchema.shape.reason.unwrap().options as readonly string[])].toSorted(), // widened to compare
  );
  for (const message of Object.values(reasonMessages))
    expect(message).toMatch(/^[A-Z].+ Nothing was charged\.$/);
});

test('every band and every doubt is said in its own sentence, with the same advice', () => {
  const completed = Object.keys(manifest.bands).map(
    (band) => ({ state: 'completed', band: bandOf(band), model, deletion }) as const,
  );
  const doubts = inconclusiveReasons.map(
    (reason) => ({ state: 'inconclusive', reason, model, deletion }) as const,
  );
  const views = [...completed, ...doubts].map((outcome) =>
    viewScan({ ...ended, state: outcome.state, outcome }, manifest),
  );
  expect(new Set(views.map(({ message }) => message)).size).toBe(views.length);
  expect(new Set(views.map(({ advice }) => advice))).toEqual(new Set([manifest.advice]));
});

test('a result of a model that nobody evaluated says so, in the sentence and in the model', () => {
  const unevaluated = { ...model, version: '0.1.0+not-evaluated' };
  const band = bandOf('visible-difference');
  const view = viewScan(
    {
      ...ended,
      state: 'completed',
      outcome: { state: 'completed', band, model: unevaluated, deletion },
    },
    manifest,
  );
  expect(view.message).toMatch(/has not been evaluated: for tests only\.$/);
  expect(view.model).toEqual({ ...unevaluated, evaluated: false });
});

test('a band that an older model said still stands, without a sentence of today’s', () => {
  const band = bandOf('an-older-word');
  const view = viewScan(
    { ...ended, state: 'completed', outcome: { state: 'completed', band, model, deletion } },
    manifest,
  );
  expect(view).toMatchObject({ band, message: 'The photo was looked at.', advice: manifest.advice });
});

test('rejects showing an erased scan to anybody', () => {
  expect(() => viewScan({ ...ended, state: 'erased', outcome: { state: 'erased' } }, manifest)).toThrow(
    RangeError,
  );
});
