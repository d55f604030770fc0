/**
 * Who may do what in the embedded bucket: one access key a function, with the rights of its catalogue entry, and
 * one key for tests that stand outside the product (a privileged uploader). Never a key that can read but
 * analyze's (ONE-4).
 */
import { createHash } from 'node:crypto';
import { functions, type FunctionName } from '../lib/functions.ts';
import type { Principal } from './s3/operations.ts';

/** Name of the identity that tests use to plant objects as only somebody privileged could. */
export const intruder = 'privileged-uploader';

/** A principal for each function and the tests' own; keys are made from the seed. */
export function createPrincipals(seed: string): ReadonlyMap<FunctionName | typeof intruder, Principal> {
  const roles = [
    ...functions.map(({ name, s3Actions }) => ({ name, actions: s3Actions })),
    {
      name: intruder,
      actions: ['PutObject', 'DeleteObject', 'AbortMultipartUpload', 'ListBucket'] as const,
    },
  ] as const;
  return new Map(
    roles.map(({ name, actions }) => [
      name,
      {
        name,
        accessKeyId: `AKIA${derive(seed, `${name} id`).slice(0, 16).toUpperCase()}`,
        secretAccessKey: derive(seed, `${name} secret`).slice(0, 40),
        actions: actions.map((action) => `s3:${action}` as const),
      },
    ]),
  );
}

/** What the Stripe stand-in and the functions share, in the form of Stripe's own. */
export function stripeSecrets(seed: string): { readonly secretKey: string; readonly webhookSecret: string } {
  return {
    secretKey: `sk_test_${derive(seed, 'stripe key').slice(0, 32)}`,
    webhookSecret: `whsec_${derive(seed, 'stripe webhook').slice(0, 32)}`,
  };
}

/** A value for one use, the same for the same seed; lower-case hex. */
export function derive(seed: string, use: string): string {
  return createHash('sha256').update(`${seed}/${use}`).digest('hex');
}
