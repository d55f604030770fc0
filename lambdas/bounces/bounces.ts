/**
 * Mail that came back: the address gets no more (CAL-13: a provider is sent only what it needs). A bounce that may pass
 * (a full mailbox) suppresses nothing. Twice, late or out of order, the end is the same.
 */
import { z } from 'zod';
import { parseAddress } from '../../core/account.ts';
import type { SuppressionStore } from '../../core/people-ports.ts';
import type { Clock, KeyedHash } from '../../core/ports.ts';
import type { Log } from '../runtime/log.ts';

export interface BouncesPorts {
  readonly suppressions: Pick<SuppressionStore, 'suppress'>;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  readonly log: Log;
}

const recipients = z.array(z.looseObject({ emailAddress: z.string() }));

/** @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html */
const notificationSchema = z.discriminatedUnion('notificationType', [
  z.looseObject({
    notificationType: z.literal('Bounce'),
    bounce: z.looseObject({
      bounceType: z.enum(['Permanent', 'Transient', 'Undetermined']),
      bouncedRecipients: recipients,
    }),
  }),
  z.looseObject({
    notificationType: z.literal('Complaint'),
    complaint: z.looseObject({ complainedRecipients: recipients }),
  }),
  z.looseObject({ notificationType: z.literal('Delivery') }),
]);

/** What SNS hands over: a message in each record, itself JSON. */
const eventSchema = z.looseObject({
  Records: z.array(z.looseObject({ Sns: z.looseObject({ Message: z.string() }) })),
});

/** Suppresses whatever came back for good. Throws for what is no notification, so that it is tried again and seen. */
export async function takeReturns(ports: BouncesPorts, event: unknown): Promise<void> {
  for (const { Sns } of eventSchema.parse(event).Records) {
    const notification = notificationSchema.parse(JSON.parse(Sns.Message));
    for (const { emailAddress, why } of returned(notification)) {
      const address = parseAddress(addressIn(emailAddress));
      if (address === undefined) continue;
      await ports.suppressions.suppress(ports.keyedHash('address', address), why, ports.clock.now());
      ports.log.info('address-suppressed');
    }
  }
}

function returned(notification: z.infer<typeof notificationSchema>) {
  switch (notification.notificationType) {
    case 'Bounce': {
      const { bounceType, bouncedRecipients } = notification.bounce;
      if (bounceType !== 'Permanent') return [];
      return bouncedRecipients.map(({ emailAddress }) => ({ emailAddress, why: 'bounced' as const }));
    }
    case 'Complaint':
      return notification.complaint.complainedRecipients.map(({ emailAddress }) => ({
        emailAddress,
        why: 'complained' as const,
      }));
    case 'Delivery':
      return [];
  }
}

/** SES may name a recipient as `Name <address>`. */
function addressIn(recipient: string): string {
  return /<([^<>]+)>\s*$/.exec(recipient)?.[1] ?? recipient;
}
