import { describe, expect, it } from 'vitest';
import { takeReturns } from '../../../lambdas/bounces/bounces.ts';
import { createKeyedHash } from '../../../lambdas/runtime/keyed-hash.ts';

const keyedHash = createKeyedHash('an-identity-key-of-32-characters');

function given() {
  const suppressed: [string, string][] = [];
  const ports = {
    suppressions: {
      suppress: async (hash: string, why: 'bounced' | 'complained') => void suppressed.push([hash, why]),
    },
    keyedHash,
    clock: { now: () => 1 },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  const take = (...messages: readonly unknown[]) =>
    takeReturns(ports, { Records: messages.map((one) => ({ Sns: { Message: JSON.stringify(one) } })) });
  return { take, suppressed };
}

const hash = (address: string): string => keyedHash('address', address);

const bounce = (bounceType: string, ...addresses: readonly string[]) => ({
  notificationType: 'Bounce',
  bounce: { bounceType, bouncedRecipients: addresses.map((emailAddress) => ({ emailAddress })) },
});

describe('mail that came back', () => {
  it('for good stops mail to each of its addresses, however SES writes them', async () => {
    const { take, suppressed } = given();
    await take(bounce('Permanent', 'A@Example.com', 'Bee <b@example.com>'));
    expect(suppressed).toEqual([
      [hash('a@example.com'), 'bounced'],
      [hash('b@example.com'), 'bounced'],
    ]);
  });

  it('as a complaint stops mail too', async () => {
    const { take, suppressed } = given();
    const complainedRecipients = [{ emailAddress: 'c@example.com' }];
    await take({ notificationType: 'Complaint', complaint: { complainedRecipients } });
    expect(suppressed).toEqual([[hash('c@example.com'), 'complained']]);
  });

  it.each([
    ['a full mailbox', bounce('Transient', 'a@example.com')],
    ['a delivery', { notificationType: 'Delivery', delivery: {} }],
    ['what is no address', bounce('Permanent', 'nobody')],
  ])('stops nothing for %s', async (_what, message) => {
    const { take, suppressed } = given();
    await take(message);
    expect(suppressed).toEqual([]);
  });

  it('rejects what is no notification, so that it is tried again and seen', async () => {
    const { take } = given();
    await expect(take({ notificationType: 'Weather' })).rejects.toBeInstanceOf(Error);
    await expect(take('hello')).rejects.toBeInstanceOf(Error);
  });
});
