/** Sends mail through Amazon SES: one plain text and one HTML part, no tracking, nobody in copy. */
import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import type { Mailer, SuppressionStore } from '../../core/people-ports.ts';

/** How mail leaves. */
export interface MailSettings {
  /** `Name <address>` or an address; a verified identity of SES. */
  readonly from: string;
  /** Addresses as they are kept when mail came back. */
  readonly hashAddress: (address: string) => string;
  /** Waits as long as sending last took, so that a suppressed address answers no faster. */
  readonly pause: (ms: number) => Promise<void>;
}

/** The mailer; an address that mail came back from gets none. */
export function createMailer(
  client: SESv2Client,
  suppressions: SuppressionStore,
  { from, hashAddress, pause }: MailSettings,
): Mailer {
  let lastMs = 0;
  return {
    async send(address, { subject, text, html }) {
      if (await suppressions.isSuppressed(hashAddress(address))) {
        await pause(lastMs);
        return 'suppressed';
      }
      const startedAt = performance.now();
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [address] },
          Content: {
            Simple: {
              Subject: { Data: subject, Charset: 'UTF-8' },
              Body: {
                Text: { Data: text, Charset: 'UTF-8' },
                Html: { Data: html, Charset: 'UTF-8' },
              },
            },
          },
        }),
      );
      lastMs = performance.now() - startedAt;
      return 'sent';
    },
  };
}
