import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../core/account.ts';
import {
  beginSession,
  decideRefresh,
  parseCode,
  renewSession,
  sessionStands,
  signIn,
} from '../../core/session.ts';
import { anAccount, noon } from '../contract/given.ts';

const session = beginSession('a', 's', noon);

describe('a session', () => {
  it('stands until it was idle too long, and no longer than half a year', () => {
    const account = anAccount('a');
    expect(sessionStands(session, account, noon + signIn.idleMs - 1)).toBe(true);
    expect(sessionStands(session, account, noon + signIn.idleMs)).toBe(false);
    let long = session;
    for (let at = noon; at < noon + signIn.longestMs; at += signIn.idleMs / 2) long = renewSession(long, at);
    expect(long.expiresAt).toBe(noon + signIn.longestMs);
  });

  it('is over when its account ended all sessions then or later, and never somebody else’s', () => {
    expect(sessionStands(session, { ...anAccount('a'), sessionsEndedAt: noon - 1 }, noon)).toBe(true);
    expect(sessionStands(session, { ...anAccount('a'), sessionsEndedAt: noon }, noon)).toBe(false);
    expect(sessionStands(session, anAccount('b'), noon)).toBe(false);
    expect(sessionStands(undefined, anAccount('a'), noon)).toBe(false);
  });

  it('knows the present token, the one whose answer was lost, and a stolen one', () => {
    const now = renewSession(renewSession(session, noon), noon + 1000);
    expect(decideRefresh(now, 3, noon + 1000)).toBe('renew');
    expect(decideRefresh(now, 2, noon + 1000 + signIn.repeatMs)).toBe('repeat');
    expect(decideRefresh(now, 2, noon + 1001 + signIn.repeatMs)).toBe('reused');
    expect(decideRefresh(now, 1, noon + 1000)).toBe('reused');
    expect(decideRefresh(now, 4, noon + 1000)).toBe('reused');
  });
});

describe('what a person types', () => {
  it.each([
    ['1234 5678', '12345678'],
    [' 12-34-56-78\n', '12345678'],
    ['1234567', undefined],
    ['123456789', undefined],
    ['1234567a', undefined],
    ['١٢٣٤٥٦٧٨', undefined],
  ])('as a code, %j, is %j', (raw, code) => {
    expect(parseCode(raw)).toBe(code);
  });

  it.each([
    [' Me@Example.COM ', 'me@example.com'],
    ['a+b_c%d@sub.example.co', 'a+b_c%d@sub.example.co'],
    ["o'neil@example.com", "o'neil@example.com"],
    ['x@localhost', undefined],
    ['x@example.com\r\nBcc: y@example.com', undefined],
    [`${'x'.repeat(65)}@example.com`, undefined],
    [`x@${'a'.repeat(64)}.com`, undefined],
    [`x@${'a.'.repeat(130)}com`, undefined],
    ['"a b"@example.com', undefined],
  ])('as an address, %j, is %j', (raw, address) => {
    expect(parseAddress(raw)).toBe(address);
  });
});
