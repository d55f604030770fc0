/** What the command line may say. */
import { describe, expect, it } from 'vitest';
import { helpText, isLoopback, parseCommand } from '../../bin/scan/options.ts';

describe('a command line', () => {
  it('needs a photo and no more', () => {
    expect(parseCommand(['a.jpg'], {})).toEqual({
      kind: 'scan',
      paths: ['a.jpg'],
      apiUrl: 'http://127.0.0.1:4747',
      token: undefined,
      json: false,
      concurrency: 3,
      name: undefined,
    });
  });

  it('is stronger than the environment, which is stronger than the defaults', () => {
    const env = { ONCEOVER_API: 'https://a.example/', ONCEOVER_TOKEN: 'from-env' };
    expect(parseCommand(['a.jpg'], env)).toMatchObject({ apiUrl: 'https://a.example', token: 'from-env' });
    const args = ['a.jpg', '--api', 'https://b.example', '--token', 'given'];
    expect(parseCommand(args, env)).toMatchObject({ apiUrl: 'https://b.example', token: 'given' });
    const empty = { ONCEOVER_API: '', ONCEOVER_TOKEN: '' };
    expect(parseCommand(['a.jpg'], empty)).toEqual(parseCommand(['a.jpg'], {}));
  });

  it.each([
    ['an unknown option', ['--quick'], "Unknown option '--quick'"],
    ['no photo', [], 'No photo given.'],
    ['a concurrency that is no number', ['x', '--concurrency', 'many'], 'from 1 to 16, not "many"'],
    ['a name that nobody could see', ['x', '--name', ' \u202e '], '1 to 60 characters'],
    ['a concurrency over 16', ['x', '--concurrency', '17'], 'from 1 to 16, not "17"'],
    ['an address that is none', ['x', '--api', 'here'], 'not "here"'],
    ['an address with a password', ['x', '--api', 'https://me:secret@a.example'], 'without user name'],
    ['an unencrypted address elsewhere', ['x', '--api', 'http://a.example'], 'use https:// for a.example'],
    ['a token with a line break', ['x', '--token', 'secret\n'], 'characters that no token has'],
  ])('rejects %s with a sentence that repeats no secret', (_, args, sentence) => {
    const command = parseCommand(args, {});
    expect(command).toMatchObject({ kind: 'usage', message: expect.stringContaining(sentence) });
    expect(JSON.stringify(command)).not.toContain('secret');
  });

  it('is asked for help with --help or -h, whatever else it says', () => {
    expect(parseCommand(['--help'], {})).toEqual({ kind: 'help' });
    expect(parseCommand(['-h', '--concurrency', 'many'], {})).toEqual({ kind: 'help' });
    for (const word of [
      '--api',
      '--token',
      '--json',
      '--concurrency',
      '--name',
      '--help',
      'NO_COLOR',
      '130',
    ]) {
      expect(helpText).toContain(word);
    }
  });
});

it('knows an address on this machine', () => {
  for (const host of ['127.0.0.1:4747', '127.1.2.3', 'localhost', '[::1]:80', 'api.localhost']) {
    expect(isLoopback(`http://${host}`)).toBe(true);
  }
  for (const host of ['127.0.0.1.example', 'localhost.example', '10.0.0.1', '[::2]']) {
    expect(isLoopback(`http://${host}`)).toBe(false);
  }
});
