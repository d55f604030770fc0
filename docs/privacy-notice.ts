/**
 * A product's privacy notice, made from its policy file, as Markdown for people and as JSON for programs: what is kept
 * of whom, why, for how long, who may read it and how it is erased. Pure; `docs/generate.ts` writes it.
 */
import { currentVersion, localized, type Policy } from '../core/policy.ts';

type DataClass = Policy['dataClasses'][number];
type Retention = DataClass['retention'];

/** Until when, in words that end a sentence. */
export function retentionText(retention: Retention): string {
  switch (retention.until) {
    case 'account-closed':
      return 'until you delete your account';
    case 'person-deletes-it-or-account-closed':
      return 'until you delete it, or your account';
    case 'scan-ends':
      return 'until the scan ends, minutes later';
    case 'session-ends':
      return 'until you sign out, or the session ends by itself';
    case 'days-after-writing':
      return retention.days === 1 ? 'one day' : `${retention.days} days`;
    case 'days-after-ending':
      return `${retention.days} days after its end`;
    case 'replaced':
      return 'until the next value replaces it';
    case 'identifies-no-one':
      return 'without an end: it identifies no one';
  }
}

/** Who reads, in the person's words. */
export const readerNames: Readonly<Record<DataClass['readers'][number], string>> = {
  person: 'you',
  api: 'the program that answers you',
  analyze: 'the program that looks at photos',
  sweep: 'the program that deletes what is left',
  upkeep: 'the program that erases what is due',
  support: 'support staff, for a stated reason',
  billing: 'billing staff, for a stated reason',
  'privacy-officer': 'the privacy officer',
  product: 'product staff, as counts of ten or more',
  'on-call': 'technical staff',
};

export const classNames: Readonly<Record<DataClass['dataClass'], string>> = {
  personal: 'Account',
  health: 'Results',
  transactions: 'Purchases',
  evidence: 'Consents, and who looked',
  erasure: 'Erasures',
  communications: 'Messages',
  usage: 'Use',
  operations: 'Operation',
};

/** The notice as Markdown. */
export function renderNotice(policy: Policy): string {
  const { product, versions, adultAge, adulthood } = policy;
  const { version, effectiveFrom } = currentVersion(policy);
  return [
    `# Privacy notice: ${product.name}`,
    `Version ${version}, in force from ${effectiveFrom}. Made from the policy file that the system itself obeys. [Auf Deutsch](${product.productId}.de.md).`,
    ...inLanguages(policy, policy.summary),
    '## Your photo',
    'It is deleted by the same program run that looks at it, before anything else is done with it, and in no case does it exist for more than 300 seconds. Nobody on the staff can see it. What is kept is one high-level word and when the photo was deleted.',
    '## What you are told where you act',
    ...policy.notices.flatMap(({ text }) => inLanguages(policy, text)),
    '## What you are asked',
    `Each of these is a question of its own. What you answer is kept as evidence: which text, in which version and language, when, and by which request. You see all of it at \`GET /v1/me/consents\`.`,
    `### Being ${adultAge} or older`,
    `Version ${adulthood.version}. Needed before a photo can be sent.`,
    ...inLanguages(policy, adulthood.text),
    ...policy.consents.flatMap((consent) => [
      `### ${localized(consent.title, 'en')}`,
      `Purpose \`${consent.purpose}\`, version ${consent.version}. Needed before a photo can be sent; withdrawn at any time, which ends what is open at once: its photo is deleted unread and costs nothing.`,
      ...inLanguages(policy, consent.text),
    ]),
    '## What you can do',
    [
      '- See everything that is held about you, with why and until when: `GET /v1/me/export`, or "Download my data" in the app.',
      '- See who of the staff looked at your data, and why: `GET /v1/me/access-log`.',
      '- Have your history, your messages or everything erased, at any time: `DELETE /v1/me/history`, `DELETE /v1/me/messages`, `DELETE /v1/me`.',
      '- Withdraw a consent: `DELETE /v1/me/consents/{purpose}`.',
      '- Complain to the data protection authority where you live.',
    ].join('\n'),
    '## What is kept',
    ...policy.dataClasses.flatMap(renderClass),
    '## What is not in your export',
    'These may be about you and are not in the file that you can download:',
    policy.dataClasses
      .flatMap(({ table, kinds }) =>
        kinds.flatMap(({ kind, notShown }) =>
          notShown === undefined ? [] : [`- \`${table}\`, ${kind}: ${localized(notShown, 'en')}`],
        ),
      )
      .join('\n'),
    '## Who else gets something',
    policy.providers.map(({ name, gets }) => `- **${name}**: ${localized(gets, 'en')}`).join('\n'),
    'Personal data is never sold and never used for marketing.',
    '## What others keep, and how long',
    'Of what you had erased, this is left, and we cannot erase it:',
    [
      '| who | what | until when | why |',
      '|---|---|---|---|',
      ...policy.keptElsewhere.map(
        ({ who, what, until, why }) =>
          `| ${[who, what, until, why].map((text) => localized(text, 'en')).join(' | ')} |`,
      ),
    ].join('\n'),
    '## Whom to ask',
    policy.contacts.map(({ role, purpose }) => `- ${localized(purpose, 'en')} (\`${role}\`)`).join('\n'),
    'The addresses are those of the service that you use: `GET /v1/policy` and `/.well-known/security.txt` name them.',
    '## Versions',
    'A new version is told by mail to everybody who has an account, and the app shows which version you accepted.',
    versions
      .map(
        (one) =>
          `- **${one.version}**, from ${one.effectiveFrom}: ${localized(one.changes, 'en')}${one.asksAgain ? ' Everybody is asked to accept it before the next photo.' : ''}`,
      )
      .join('\n'),
    '',
  ].join('\n\n');
}

/** A text in every language, one paragraph each. */
function inLanguages(
  { languages }: Policy,
  text: { readonly en: string } & Readonly<Record<string, string>>,
): readonly string[] {
  return languages.map((language) => `> ${language}: ${localized(text, language)}`);
}

function renderClass(one: DataClass): readonly string[] {
  const rows = one.fields.map(({ name, why, retention }) => {
    const until = retention === undefined ? '' : retentionText(retention);
    return `| \`${name}\` | ${why} | ${until} |`;
  });
  const where = one.regions === 'any' ? 'Where: any region.' : `Where: ${one.regions.join(', ')}.`;
  return [
    `### ${classNames[one.dataClass]}: \`${one.table}\``,
    `${localized(one.purpose, 'en')} Kept ${retentionText(one.retention)}, unless a line says otherwise. Read by ${one.readers.map((reader) => readerNames[reader]).join(', ')}. ${one.erasure} ${where}`,
    ['| what | why | kept |', '|---|---|---|', ...rows].join('\n'),
  ];
}

/** The notice as JSON: the policy itself, with its version first. */
export function renderNoticeData(policy: Policy): string {
  const { version, effectiveFrom } = currentVersion(policy);
  return `${JSON.stringify({ version, effectiveFrom, ...policy }, undefined, 2)}\n`;
}
