/** The official Stripe library, set up for a function of 10 s: few retries, short waits, no telemetry. */
import { Stripe } from 'stripe';

export interface StripeOptions {
  readonly secretKey: string;
  /** Origin of a stand-in. Default: Stripe's own. */
  readonly apiUrl?: string;
}

/** The library's types are of one version of the API; it sends that version with each request. */
export function createStripeClient({ secretKey, apiUrl }: StripeOptions): Stripe {
  return new Stripe(secretKey, {
    maxNetworkRetries: 1,
    timeout: 4_000,
    // It would tell Stripe how long our requests took.
    telemetry: false,
    ...(apiUrl === undefined ? {} : whereOf(new URL(apiUrl))),
  });
}

function whereOf({ protocol, hostname, port }: URL) {
  return { protocol: protocol === 'http:' ? 'http' : 'https', host: hostname, port } as const;
}
