/**
 * Everything that is stored anywhere for one person, raw: every item of every table, every object, every mail, every
 * user of the pool and everything at the payment provider that holds one of the person's identifiers, or an identifier of something that does.
 * Knows no code of the product but the names of its tables.
 */
import { tables, type TableName } from '../../core/tables.ts';
import type { WireItem } from '../../local/dynamodb/protocol.ts';
import type { Books } from '../../local/stripe/books.ts';

/** Where things can be. */
export interface Places {
  items(table: TableName): Promise<readonly WireItem[]>;
  /** Keys in the bucket. */
  objects(): readonly string[];
  mails(): readonly { readonly to: string }[];
  /** Addresses that the mail provider keeps as dead. */
  deadAddresses(): readonly string[];
  /** Users of the identity provider's pool, with their addresses. */
  users(): readonly object[];
  readonly books: Pick<Books, 'all'>;
}

/** One thing, and where. */
export interface Trace {
  readonly place: TableName | 'bucket' | 'outbox' | 'dead addresses' | 'user pool' | 'payment provider';
  /** The thing as it is stored, JSON. */
  readonly raw: string;
}

const thingsAtStripe = [
  'checkout.session',
  'payment_intent',
  'customer',
  'charge',
  'refund',
  'dispute',
] as const;

async function everythingIn(places: Places): Promise<readonly Trace[]> {
  const stored = await Promise.all(
    tables.map(async ({ name }) =>
      (await places.items(name)).map((item): Trace => ({ place: name, raw: JSON.stringify(item) })),
    ),
  );
  const trace =
    (place: Trace['place']) =>
    (thing: unknown): Trace => ({ place, raw: JSON.stringify(thing) });
  return [
    ...stored.flat(),
    ...places.objects().map(trace('bucket')),
    ...places.mails().map(trace('outbox')),
    ...places.deadAddresses().map(trace('dead addresses')),
    ...places.users().map(trace('user pool')),
    ...thingsAtStripe.flatMap((object) => places.books.all(object).map(trace('payment provider'))),
  ];
}

/** Ids that a thing has of its own: what carries one of them belongs to the same person. */
const ownIds =
  /"(?:scanId|paymentIntentId|payment_intent|customer|reference)":\s*(?:\{"S":)?\s*"([^"]{9,})"|"(?:item|identity)":\{"S":"(?:code|idempotency|session|message|feedback|minor)#([^"]{8,})"\}|"id":"((?:pi|cus|ch|cs)_[^"]+)"/g;

/** Identifiers of a person: the given ones, and those of everything that holds one, until there is no more. */
export async function identifiersOf(places: Places, known: readonly string[]): Promise<readonly string[]> {
  const everything = await everythingIn(places);
  const found = new Set(known);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { raw } of everything.filter((one) => holdsAny(one.raw, found))) {
      for (const [, ...ids] of raw.matchAll(ownIds)) {
        for (const id of ids) if (id !== undefined) found.add(id.slice(id.lastIndexOf('#') + 1));
      }
    }
  }
  return [...found];
}

function holdsAny(raw: string, identifiers: Iterable<string>): boolean {
  return [...identifiers].some((one) => raw.includes(one));
}

/** Everything that holds one of these. */
export async function everythingOf(
  places: Places,
  identifiers: readonly string[],
): Promise<readonly Trace[]> {
  return (await everythingIn(places)).filter(({ raw }) => holdsAny(raw, identifiers));
}

/**
 * What may stay, and why: the row by which the erasure is known, who of the staff looked, what the law makes the payment
 * provider keep, and mail in the person's own mailbox. `after` the last pass not even the account's random id.
 */
export function mayStay({ place, raw }: Trace, { after = false } = {}): boolean {
  if (place === 'erasures') return !after || !raw.includes('"accountId"');
  if (place !== 'payment provider') return place === 'audit' || place === 'outbox';
  return (
    /"object":"(?:payment_intent|charge|refund|dispute)"/.test(raw) ||
    /"status":"(?:complete|expired)"/.test(raw)
  );
}
