/** What the command line of `npm start` may say. */
import { expect, it } from 'vitest';
import { helpText, parseCommand as parse } from '../../bin/local/options.ts';

const parseCommand = (args: readonly string[]) => parse(args, ['skin-contrast', 'other']);

it('needs nothing, and then keeps nothing', () => {
  expect(parseCommand([])).toEqual({
    kind: 'start',
    port: 4747,
    scans: undefined,
    model: 'skin-contrast',
    once: false,
    verbose: false,
    seed: undefined,
    data: undefined,
  });
});

it('takes another model', () => {
  expect(parseCommand(['--model', 'other'])).toMatchObject({ model: 'other' });
});

it('takes a data folder, with or without a seed', () => {
  expect(parseCommand(['--data', 'here'])).toMatchObject({ data: 'here', seed: undefined });
  expect(parseCommand(['--data=here', '--seed', 's'])).toMatchObject({ data: 'here', seed: 's' });
});

it.each([
  ['an empty name of a folder', ['--data', ''], '--data takes the name of a folder.'],
  ['a folder without a name', ['--data'], "Option '--data <value>' argument missing"],
  ['a port that is no number', ['--port', 'high'], 'not "high"'],
  ['a model that is not there', ['--model', 'mine'], 'There are: skin-contrast, other.'],
  ['no scans', ['--scans', '0'], 'not "0"'],
])('rejects %s with a sentence', (_, args, sentence) => {
  expect(parseCommand(args)).toMatchObject({ kind: 'usage', message: expect.stringContaining(sentence) });
});

it('explains each of its options', () => {
  expect(parseCommand(['--help'])).toEqual({ kind: 'help' });
  for (const word of ['--once', '--port', '--scans', '--seed', '--data', '--verbose', '--help']) {
    expect(helpText).toContain(`  ${word}`);
  }
});
