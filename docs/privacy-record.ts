/** The record of processing activities (GDPR Art. 30), made from a policy file. Pure. */
import { currentVersion, localized, type ClassPolicy, type Policy } from '../core/policy.ts';
import type { Settings } from '../lib/settings.ts';
import { classNames, readerNames, retentionText } from './privacy-notice.ts';

/** Of whom a class holds data. */
const subjects: Readonly<Record<ClassPolicy['dataClass'], string>> = {
  personal: 'people with an account, and whoever asked for a code',
  health: 'people with an account',
  transactions: 'people who bought something',
  evidence: 'people with an account; staff',
  communications: 'people with an account; whoever reported something',
  erasure: 'people who had something erased, under hashes that lead nowhere',
  usage: 'nobody',
  operations: 'nobody',
};

/** The ground on which each class is processed (GDPR Art. 6, 9). */
const grounds: Readonly<Record<ClassPolicy['dataClass'], string>> = {
  personal: 'contract (Art. 6(1)(b)); keeping guesses and floods out: legitimate interest (Art. 6(1)(f))',
  health: 'explicit consent (Art. 6(1)(a) and, as far as a photo of skin is health data, Art. 9(2)(a))',
  transactions: 'contract (Art. 6(1)(b)); law (Art. 6(1)(c))',
  evidence: 'proof of consent and accountability (Art. 6(1)(c) with Art. 7(1) and Art. 5(2))',
  communications: 'contract and the person’s own wish (Art. 6(1)(b), (a))',
  erasure: 'law: showing that what had to be erased was (Art. 6(1)(c) with Art. 17)',
  usage: 'none is needed: it identifies no one (recital 26)',
  operations: 'none is needed: it is about no person',
};

/** What of a deployment belongs into the record. */
export type Operator = Pick<Settings, 'controller' | 'contacts'>;

const missing = 'missing: set it in `lib/environments/production.ts`, and run `npm run docs`';

/** The record as Markdown. */
export function renderRecord(policy: Policy, { controller, contacts: addresses }: Operator): string {
  const { product, providers, security, contacts } = policy;
  const { version, effectiveFrom } = currentVersion(policy);
  return [
    `# Record of processing activities: ${product.name}`,
    `After Art. 30 GDPR, for version ${version} of the policy, in force from ${effectiveFrom}. Made from the policy file that the system itself obeys; a test says when it is stale.`,
    '## Controller, and whom to ask',
    table(
      ['', ''],
      [
        ['Controller', controller === undefined ? missing : `${controller.name}, ${controller.address}`],
        [
          'Representative in the EU',
          controller?.representative ??
            'none; needed where the controller is not established in the EU (Art. 27)',
        ],
        ...contacts.map(({ role, purpose }) => [localized(purpose, 'en'), addresses[role] ?? missing]),
      ],
    ),
    'What the service itself says of them: `GET /v1/policy` and `/.well-known/security.txt`.',
    ...policy.dataClasses.flatMap((one) => activity(one)),
    '## Recipients, and transfers to other countries',
    table(
      ['recipient', 'for', 'gets', 'where'],
      providers.map(({ name, role, gets, where }) => [
        name,
        ...[role, gets, where].map((text) => localized(text, 'en')),
      ]),
    ),
    '## What others keep after an erasure',
    table(
      ['who', 'what', 'until when', 'why'],
      policy.keptElsewhere.map(({ who, what, until, why }) =>
        [who, what, until, why].map((text) => localized(text, 'en')),
      ),
    ),
    '## Security of processing',
    security.map((text) => `- ${localized(text, 'en')}`).join('\n'),
    '',
  ].join('\n\n');
}

function activity(one: ClassPolicy): readonly string[] {
  const { dataClass, table: name, purpose, kinds, fields, readers, erasure, retention } = one;
  return [
    `## ${classNames[dataClass]}: \`${name}\``,
    table(
      ['', ''],
      [
        ['Purpose', localized(purpose, 'en')],
        ['Ground', grounds[dataClass]],
        ['Data subjects', subjects[dataClass]],
        ['Categories of data', fields.map((field) => `\`${field.name}\``).join(', ')],
        ['Read by', readers.map((reader) => readerNames[reader]).join(', ')],
        ['Erasure', erasure],
      ],
    ),
    table(
      ['kind', 'why', 'from', 'kept'],
      kinds.map((kind) => [
        kind.kind,
        localized(kind.why, 'en'),
        kind.source,
        retentionText(kind.retention ?? retention),
      ]),
    ),
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), `|${head.map(() => '---').join('|')}|`, ...lines.map(row)].join('\n');
}
