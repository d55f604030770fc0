/**
 * What a ClientRequestToken stands for: transactions that were applied, so that a repeated request is answered
 * and not applied again. A cancelled transaction is not remembered: its repetition is a new attempt. Of the
 * request only a digest is kept, which outlives no item by more than the token's ten minutes.
 */
import { createHash } from 'node:crypto';
import type { Answer, Json } from './protocol.ts';
import { listOf, objectOf, ok, refusal } from './protocol.ts';

/** One applied transaction. */
export interface TokenUse {
  /** SHA-256 of the transaction's items. */
  readonly digest: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Transactions that were applied under a ClientRequestToken, for as long as AWS remembers them. */
export interface Successes {
  /** The first answer again, the refusal of a token used for another body, or nothing. */
  recall(token: string, items: Json, now: number): Answer | undefined;
  remember(token: string, items: Json, now: number): void;
}

export interface SuccessesOptions {
  /** What an earlier process remembered. */
  readonly uses: readonly (readonly [token: string, use: TokenUse])[];
  /** Is told of each token that is remembered, or forgotten (undefined). */
  readonly changed: (token: string, use: TokenUse | undefined) => void;
}

/** API reference of TransactWriteItems, ClientRequestToken: "valid for 10 minutes". */
const tokenLifeMs = 10 * 60_000;

/** Creates a memory of applied transactions. Default: an empty one that nobody keeps. */
export function rememberSuccesses(
  { uses, changed }: SuccessesOptions = { uses: [], changed: () => {} },
): Successes {
  const byToken = new Map(uses.map(([token, { digest, at }]) => [token, { digest, at }]));
  return {
    recall: (token, items, now) => {
      const first = byToken.get(token);
      if (first === undefined || now - first.at >= tokenLifeMs) return undefined;
      // Every applied transaction has the same answer.
      if (first.digest === digestOf(items)) return ok({});
      return refusal(
        'IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request.',
      );
    },
    remember: (token, items, now) => {
      for (const [old, { at }] of byToken) {
        if (now - at < tokenLifeMs) continue;
        byToken.delete(old);
        changed(old, undefined);
      }
      const use = { digest: digestOf(items), at: now };
      byToken.set(token, use);
      changed(token, use);
    },
  };
}

const digestOf = (items: Json): string => createHash('sha256').update(canonical(items)).digest('hex');

/** JSON in which the order of an object's names plays no part. */
function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${listOf(value).map(canonical).join(',')}]`;
  const names = Object.entries(objectOf(value)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${names.map(([name, of]) => `${JSON.stringify(name)}:${canonical(of)}`).join(',')}}`;
}
