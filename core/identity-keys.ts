/**
 * Under which keys of `identities` something of an account is found: all that can be told from its address and its id. (A
 * one-time code lies under a random id, which the list of its day names.) Pure.
 */
import type { Account } from './account.ts';
import { limits, type Limit } from './session.ts';
import { identityKey } from './tables.ts';

/** A keyed hash of a use and a value, as stored keys have it. */
export type PersonalHash = (use: 'address' | 'account', value: string) => string;

const dayMs = 24 * 60 * 60 * 1000;
/** What a code or a counter may linger after its time, until it is removed. */
const lingersMs = 2 * dayMs;

/** Every key, newest windows first. */
export function identityKeysOf(
  { accountId, email }: Pick<Account, 'accountId' | 'email'>,
  keyedHash: PersonalHash,
  now: number,
): readonly string[] {
  return identityKeysUnder(
    {
      ofAccount: keyedHash('account', accountId),
      ...(email === undefined ? {} : { ofAddress: keyedHash('address', email) }),
    },
    now,
  );
}

/** Every key under these hashes of an account's id and address. */
export function identityKeysUnder(
  { ofAccount, ofAddress }: { readonly ofAccount: string; readonly ofAddress?: string },
  now: number,
): readonly string[] {
  const counted = [...limits.messagesOfAccount, ...limits.checkoutsOfAccount, ...limits.erasuresOfAccount];
  const counters = counted.flatMap((limit) => windowsOf(limit, ofAccount, now));
  if (ofAddress === undefined) return counters;
  return [
    identityKey.address(ofAddress),
    identityKey.suppressed(ofAddress),
    // A code that is given now may end tomorrow.
    ...Array.from({ length: lingersMs / dayMs + 2 }, (_, ago) =>
      identityKey.codes(ofAddress, Math.floor(now / dayMs) + 1 - ago),
    ),
    ...counters,
    ...limits.codesOfAddress.flatMap((limit) => windowsOf(limit, ofAddress, now)),
  ];
}

function windowsOf({ name, windowMs }: Limit, hash: string, now: number): readonly string[] {
  const last = Math.floor(now / windowMs);
  const first = Math.floor((now - lingersMs) / windowMs) - 1;
  return Array.from({ length: last - first + 1 }, (_, ago) => identityKey.limit(name, hash, last - ago));
}
