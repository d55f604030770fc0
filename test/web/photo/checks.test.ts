/** What the device says of a photo before it is sent. */
import { expect, it } from 'vitest';
import { judge } from '../../../web/photo/checks.ts';

const rules = {
  input: { width: 256, height: 256, fit: 'cover', enlarge: false },
  gates: [
    { reason: 'too-dark', measure: 'mean-luma', min: 0.1 },
    { reason: 'too-bright', measure: 'mean-luma', max: 0.9 },
    { reason: 'blurred', measure: 'sharpness', min: -1.5 },
  ],
} as const;
const good = { width: 400, height: 300, values: { 'mean-luma': 0.5, sharpness: -1 } };

it('finds nothing wrong with a good photo, and leaves out what the model has no gate for', () => {
  expect(judge(good, { ...rules, gates: [...rules.gates] })).toEqual([
    { name: 'size', problem: undefined },
    { name: 'light', problem: undefined },
    { name: 'sharp', problem: undefined },
  ]);
});

it('judges nothing else in light that is too bad to judge by', () => {
  const dark = { ...good, values: { 'mean-luma': 0.01, sharpness: -9 } };
  expect(judge(dark, { ...rules, gates: [...rules.gates] })).toEqual([
    { name: 'size', problem: undefined },
    { name: 'light', problem: 'too-dark' },
  ]);
});

it.each([
  ['size', 'too-small', { ...good, height: 200 }],
  ['light', 'too-dark', { ...good, values: { ...good.values, 'mean-luma': 0.05 } }],
  ['light', 'too-bright', { ...good, values: { ...good.values, 'mean-luma': 0.95 } }],
  ['sharp', 'blurred', { ...good, values: { ...good.values, sharpness: -2 } }],
  ['sharp', 'blurred', { ...good, values: { 'mean-luma': 0.5 } }],
])('rejects by %s: %s', (name, problem, measured) => {
  const checks = judge(measured, { ...rules, gates: [...rules.gates] });
  expect(checks.filter((one) => one.problem !== undefined)).toEqual([{ name, problem }]);
});
