/**
 * The schema of a policy file: a product's promises as data. The API, the sweep, the deployment and the
 * generated privacy documents read the same file. Pure.
 */
import { z } from 'zod';
import { dataClasses } from './tables.ts';

const identifier = z.string().regex(/^[a-z][a-zA-Z0-9-]*$/);

/** A text in the policy's languages; English is always there. */
const localizedText = z.strictObject({ en: z.string().min(1) }).catchall(z.string().min(1));

const retention = z.discriminatedUnion('until', [
  z.strictObject({ until: z.literal('account-closed') }),
  z.strictObject({ until: z.literal('person-deletes-it-or-account-closed') }),
  z.strictObject({ until: z.literal('scan-ends') }),
  z.strictObject({ until: z.literal('days-after-writing'), days: z.int().positive() }),
  z.strictObject({ until: z.literal('replaced') }),
  z.strictObject({ until: z.literal('session-ends') }),
  z.strictObject({ until: z.literal('identifies-no-one') }),
  z.strictObject({ until: z.literal('days-after-ending'), days: z.int().positive() }),
]);
export type Retention = Readonly<z.infer<typeof retention>>;

/** What ends the keeping of something. */
export const retentionEnds = retention.options.map(({ shape }) => shape.until.value);

/** Who may read a class; nobody else can, and nobody can read an image (CAL-12). */
export const readers = [
  'person',
  'api',
  'analyze',
  'sweep',
  'upkeep',
  'support',
  'billing',
  'privacy-officer',
  'product',
  'on-call',
] as const;

/** An attribute, or with `*` at its end every attribute that begins so: counters, of which there are many. */
const attributeName = z.string().regex(/^[a-z][a-zA-Z0-9-]*\*?$/);

const field = z.strictObject({
  name: attributeName,
  why: z.string().min(1),
  retention: retention.optional(),
  /** A moment: in ms since 1970, or (the database's own) in seconds. Default: no moment. */
  moment: z.enum(['ms', 's']).optional(),
});

/** Whom a datum came from. */
export const sources = [
  'person',
  'software',
  'staff',
  'reporter',
  'payment-provider',
  'mail-provider',
] as const;

/** One kind of items of a table: why each is kept, whom it came from, and until when. */
const itemKind = z.strictObject({
  kind: identifier,
  /** How the item's key begins. Default: every item of the table is of this kind. */
  begins: z
    .string()
    .regex(/^[a-z]+#?$/)
    .optional(),
  why: localizedText,
  source: z.enum(sources),
  /** Default: the class's. */
  retention: retention.optional(),
  /** Fields that are somebody else's, which a person is not shown of their own data: which, and whose. */
  withheld: z.strictObject({ fields: z.array(attributeName).min(1), why: localizedText }).optional(),
  /**
   * Why items of this kind, or some of them, may be about a person and are not in their export: what they are, a colon, and
   * why, for where it is read the kind is not named. Default: all are.
   */
  notShown: localizedText.optional(),
});

const dataClassPolicy = z.strictObject({
  dataClass: z.enum(dataClasses),
  /** Logical table name of `core/tables.ts`. */
  table: identifier,
  purpose: localizedText,
  /** The kinds of its items, each with why it is kept; a test reads stored items back against them. */
  kinds: z.array(itemKind).min(1),
  /** Every attribute an item may have; a test reads stored items back against this list. */
  fields: z.array(field).min(1),
  retention,
  readers: z.array(z.enum(readers)).min(1),
  erasure: z.string().min(1),
  /** AWS regions where it may be stored; `any` when the promise names none. */
  regions: z.union([z.literal('any'), z.array(z.string().regex(/^[a-z]{2}-[a-z]+-\d$/)).min(1)]),
});

const consent = z.strictObject({
  purpose: identifier,
  version: z.int().positive(),
  /** Oldest version of the text that still stands; a change that matters raises it and asks again (CAL-16). */
  sinceVersion: z.int().positive(),
  requiredFor: z.enum(['scan']),
  title: localizedText,
  text: localizedText,
});

/** A pack of scans, paid once (CAL-8). */
const plan = z.strictObject({
  planId: identifier,
  title: localizedText,
  scans: z.int().positive(),
  /** What it costs, in the currency's smallest unit, tax included. */
  price: z.strictObject({ minorUnits: z.int().positive(), currency: z.string().regex(/^[A-Z]{3}$/) }),
});

/** One version of the policy; the last one is in force. */
const policyVersion = z.strictObject({
  version: z.string().regex(/^\d+\.\d+$/),
  effectiveFrom: z.iso.date(),
  /** Whether who accepted an older one must accept again before the next photo (CAL-16). */
  asksAgain: z.boolean(),
  changes: localizedText,
});

/** A survey (CAL-10): a changed question is another version. */
const survey = z.strictObject({
  surveyId: identifier,
  version: z.int().positive(),
  title: localizedText,
  questions: z
    .array(
      z.strictObject({
        questionId: identifier,
        kind: z.enum(['rating', 'text']),
        text: localizedText,
      }),
    )
    .min(1)
    .max(20),
});

/** Who answers what; the addresses themselves are settings of a deployment. */
const contact = z.strictObject({
  role: z.enum(['support', 'privacy', 'security']),
  purpose: localizedText,
});

/** Who gets something in order to do something for us. */
const provider = z.strictObject({
  name: z.string().min(1),
  /** What it does for us. */
  role: localizedText,
  gets: localizedText,
  /** Where, and on what ground where that is another country. */
  where: localizedText,
});

export const policySchema = z
  .strictObject({
    product: z.strictObject({ productId: identifier, name: z.string().min(1) }),
    /** The first one is the default. Every text is there in each. */
    languages: z.array(z.enum(['en', 'de'])).min(1),
    summary: localizedText,
    /** Oldest first; the last one is in force. */
    versions: z.array(policyVersion).min(1),
    adultAge: z.int().min(18),
    /** What a person affirms about their age (CAL-7). */
    adulthood: z.strictObject({ version: z.int().positive(), text: localizedText }),
    consents: z.array(consent).min(1),
    /** Said where a person acts (CAL-18). */
    notices: z.array(z.strictObject({ noticeId: identifier, text: localizedText })).min(1),
    plans: z.array(plan).min(1),
    surveys: z.array(survey),
    contacts: z.array(contact).min(1),
    limits: z.strictObject({ ticketsPerDay: z.int().positive() }),
    providers: z.array(provider),
    /** What others keep although a person had everything erased: whom nobody here can tell to forget. */
    keptElsewhere: z.array(
      z.strictObject({
        who: localizedText,
        what: localizedText,
        until: localizedText,
        why: localizedText,
      }),
    ),
    /** How what is kept is guarded, in a sentence each (GDPR Art. 30(1)(g)). */
    security: z.array(localizedText).min(1),
    dataClasses: z.array(dataClassPolicy).min(1),
  })
  .refine(({ consents }) => consents.every(({ version, sinceVersion }) => sinceVersion <= version), {
    error: 'a consent cannot require a later version of its text than there is',
  })
  .refine(
    ({ versions }) =>
      versions.every(({ effectiveFrom }, at) => effectiveFrom >= (versions[at - 1]?.effectiveFrom ?? '')),
    {
      error: 'versions stand in the order of their dates',
    },
  )
  .refine(({ versions }) => new Set(versions.map(({ version }) => version)).size === versions.length, {
    error: 'a version stands once',
  })
  .superRefine((policy, context) => {
    for (const path of textsWithout(policy, policy.languages)) {
      context.addIssue({ code: 'custom', path: [...path], message: 'a text is missing in a language' });
    }
  });

/** Paths of localized texts that lack one of the languages. */
function textsWithout(
  value: unknown,
  languages: readonly string[],
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => textsWithout(one, languages, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  if ('en' in value) return languages.every((language) => language in value) ? [] : [path];
  return Object.entries(value).flatMap(([name, inner]) => textsWithout(inner, languages, [...path, name]));
}

export type Policy = Readonly<z.infer<typeof policySchema>>;
/** A policy file before it is parsed. */
export type PolicyInput = z.input<typeof policySchema>;

export type ClassPolicy = Policy['dataClasses'][number];
export type ItemKind = ClassPolicy['kinds'][number];

/** What a policy says of a table. Throws RangeError when it has no such table. */
export function classOfTable({ dataClasses: classes }: Policy, table: string): ClassPolicy {
  const found = classes.find((one) => one.table === table);
  if (found === undefined) throw new RangeError(`the policy has no table ${table}`);
  return found;
}

/** The field that an attribute of a stored item belongs to; undefined for one that the policy does not allow. */
export function fieldOfAttribute(
  { fields }: Policy['dataClasses'][number],
  attribute: string,
): Policy['dataClasses'][number]['fields'][number] | undefined {
  return fields.find(({ name }) =>
    name.endsWith('*') ? attribute.startsWith(name.slice(0, -1)) : name === attribute,
  );
}

/** The version in force. */
export function currentVersion({ versions }: Policy): Policy['versions'][number] {
  const last = versions.at(-1);
  if (last === undefined) throw new RangeError('a policy has a version');
  return last;
}

/** Says whether who accepted this version (undefined: none) must accept again before the next photo (CAL-16). */
export function mustAcceptAgain({ versions }: Policy, accepted: string | undefined): boolean {
  const at = versions.findIndex(({ version }) => version === accepted);
  return at === -1 || versions.slice(at + 1).some(({ asksAgain }) => asksAgain);
}

/**
 * The versions that are news to somebody, oldest first: who was told of one (undefined: of the first) and accepted one.
 * One that this file does not know is older than all of it.
 */
export function versionsUnheardOf(
  { versions }: Policy,
  { told, accepted }: { readonly told: string | undefined; readonly accepted: string | undefined },
): Policy['versions'] {
  const placeOf = (name: string): number => versions.findIndex(({ version }) => version === name);
  const heard = Math.max(
    told === undefined ? 0 : placeOf(told),
    accepted === undefined ? -1 : placeOf(accepted),
  );
  return versions.slice(heard + 1);
}

/** A text in a language; English where it is not there. */
export function localized(
  text: { readonly en: string } & Readonly<Record<string, string>>,
  language: string,
): string {
  return text[language] ?? text.en;
}

/** Parses a policy file; throws with every violation named. */
export function parsePolicy(policy: PolicyInput): Policy {
  return policySchema.parse(policy);
}
