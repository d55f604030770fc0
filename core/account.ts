/** A person's account: what it says of itself, and what it may do. Pure. */
import type { ErrorCode } from './errors.ts';

export const accountStates = ['active', 'suspended', 'erasing'] as const;

export interface Account {
  readonly accountId: string;
  /** `suspended`: reported as a minor's or locked; nothing may be submitted. `erasing`: severed, and about to be gone. */
  readonly state: (typeof accountStates)[number];
  /** The address that signs in, lower-case; an account of a test or of the terminal has none. */
  readonly email?: string;
  /** A language of the policy, for mail. */
  readonly language?: string;
  /** Epoch ms. */
  readonly openedAt?: number;
  /** Epoch ms of the person's own affirmation of adulthood (CAL-7); absent: not affirmed. */
  readonly adultAffirmedAt?: number;
  /** Version of the policy that the person accepted last (CAL-16). */
  readonly policyVersion?: string;
  /** Epoch ms. */
  readonly policyAcceptedAt?: number;
  /** Version of the policy that was in force when the account was opened, or that mail told of since (CAL-16). */
  readonly policyTold?: string;
  /** Epoch ms: sessions that began then or before are over. */
  readonly sessionsEndedAt?: number;
}

/** Why this account may not submit a photo, or undefined when it may. */
export function refuseAccount(
  account: Account | undefined,
): Extract<ErrorCode, 'account-inactive' | 'adults-only'> | undefined {
  if (account?.state !== 'active') return 'account-inactive';
  return account.adultAffirmedAt === undefined ? 'adults-only' : undefined;
}

const addressPattern = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * An e-mail address as it is compared and stored: trimmed, lower-case; undefined for what no mail could reach.
 * Masked addresses and those with a `+` are as good as any (CAL-5).
 */
export function parseAddress(raw: string): string | undefined {
  const address = raw.trim().toLowerCase();
  if (address.length > 254 || !addressPattern.test(address)) return undefined;
  const domain = address.slice(address.indexOf('@') + 1);
  const local = address.slice(0, address.indexOf('@'));
  if (local.startsWith('.') || local.endsWith('.') || address.includes('..')) return undefined;
  return domain.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
    domain.includes('.')
    ? address
    : undefined;
}
