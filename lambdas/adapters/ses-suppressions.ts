/** The list on which Amazon SES itself keeps addresses that mail came back from. */
import {
  DeleteSuppressedDestinationCommand,
  NotFoundException,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { MailSuppressions } from '../../core/erasure-ports.ts';

/** The list of one AWS account. */
export function createMailSuppressions(client: SESv2Client): MailSuppressions {
  return {
    async forget(address) {
      try {
        await client.send(new DeleteSuppressedDestinationCommand({ EmailAddress: address }));
      } catch (error) {
        // Mail to it never came back, or an earlier pass was here.
        if (!(error instanceof NotFoundException)) throw error;
      }
    },
  };
}
