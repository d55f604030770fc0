/**
 * A product's privacy notice in German, made from its policy file: class by class with every kind of thing that is kept. The
 * fields of each, one by one, are in the English notice, which is the longer one. Pure; `docs/generate.ts` writes it.
 */
import { currentVersion, localized, type ClassPolicy, type Policy, type Retention } from '../core/policy.ts';

/** Until when, in words that end a sentence. */
function retentionText(retention: Retention): string {
  switch (retention.until) {
    case 'account-closed':
      return 'bis du dein Konto löschst';
    case 'person-deletes-it-or-account-closed':
      return 'bis du es löschst oder dein Konto';
    case 'scan-ends':
      return 'bis der Scan endet, Minuten später';
    case 'session-ends':
      return 'bis du dich abmeldest oder die Sitzung von selbst endet';
    case 'days-after-writing':
      return retention.days === 1 ? 'einen Tag' : `${retention.days} Tage`;
    case 'days-after-ending':
      return `${retention.days} Tage nach seinem Ende`;
    case 'replaced':
      return 'bis der nächste Wert es ersetzt';
    case 'identifies-no-one':
      return 'ohne Ende: Es bezeichnet niemanden';
  }
}

const readerNames: Readonly<Record<ClassPolicy['readers'][number], string>> = {
  person: 'du',
  api: 'das Programm, das dir antwortet',
  analyze: 'das Programm, das Fotos ansieht',
  sweep: 'das Programm, das löscht, was übrig ist',
  upkeep: 'das Programm, das löscht, was fällig ist',
  support: 'der Support, aus einem genannten Grund',
  billing: 'die Abrechnung, aus einem genannten Grund',
  'privacy-officer': 'wer für Datenschutz zuständig ist',
  product: 'das Produktteam, als Zählungen ab zehn',
  'on-call': 'die Technik in Bereitschaft',
};

const classNames: Readonly<Record<ClassPolicy['dataClass'], string>> = {
  personal: 'Konto',
  health: 'Ergebnisse',
  transactions: 'Käufe',
  evidence: 'Einwilligungen, und wer hineingesehen hat',
  erasure: 'Löschungen',
  communications: 'Nachrichten',
  usage: 'Nutzung',
  operations: 'Betrieb',
};

const sourceNames: Readonly<Record<ClassPolicy['kinds'][number]['source'], string>> = {
  person: 'dir',
  software: 'unserer Software',
  staff: 'unserem Team',
  reporter: 'jemandem, der etwas gemeldet hat',
  'payment-provider': 'dem Zahlungsanbieter',
  'mail-provider': 'dem Mailanbieter',
};

const de = (text: Parameters<typeof localized>[0]): string => localized(text, 'de');

/** The notice as Markdown. */
export function renderGermanNotice(policy: Policy): string {
  const { product, versions, adultAge, adulthood } = policy;
  const { version, effectiveFrom } = currentVersion(policy);
  const kinds = policy.dataClasses.flatMap((one) => one.kinds.map((kind) => ({ table: one.table, ...kind })));
  return [
    `# Datenschutzerklärung: ${product.name}`,
    `Fassung ${version}, in Kraft ab ${effectiveFrom}. Erzeugt aus der Richtlinie, der das System selbst gehorcht. Jedes einzelne Feld nennt die [englische Fassung](${product.productId}.md).`,
    de(policy.summary),
    '## Dein Foto',
    'Es wird von demselben Programmlauf gelöscht, der es ansieht, bevor irgendetwas anderes damit geschieht, und in keinem Fall besteht es länger als 300 Sekunden. Niemand vom Team kann es sehen. Behalten wird ein grobes Wort, und wann das Foto gelöscht wurde.',
    '## Was dir gesagt wird, wo du handelst',
    policy.notices.map(({ text }) => `- ${de(text)}`).join('\n'),
    '## Was du gefragt wirst',
    'Jedes davon ist eine Frage für sich. Deine Antwort wird als Nachweis behalten: welcher Text, in welcher Fassung und Sprache, wann und durch welche Anfrage.',
    `- ${adultAge} oder älter zu sein, nötig vor dem ersten Foto: „${de(adulthood.text)}“`,
    ...policy.consents.map(
      ({ title, text }) =>
        `- ${de(title)}, nötig vor einem Foto und jederzeit zu widerrufen, was Offenes sofort beendet: „${de(text)}“`,
    ),
    '## Was du tun kannst',
    [
      '- Alles sehen, was über dich aufbewahrt wird, mit Grund und Frist: in der App „Meine Daten“, oder `GET /v1/me/export`.',
      '- Sehen, wer vom Team deine Daten angesehen hat, und warum: `GET /v1/me/access-log`.',
      '- Deinen Verlauf, deine Nachrichten oder alles löschen lassen, jederzeit: `DELETE /v1/me/history`, `DELETE /v1/me/messages`, `DELETE /v1/me`.',
      '- Eine Einwilligung widerrufen: `DELETE /v1/me/consents/{purpose}`.',
      '- Dich bei der Aufsichtsbehörde beschweren, wo du lebst.',
    ].join('\n'),
    '## Was aufbewahrt wird',
    ...policy.dataClasses.flatMap(classSection),
    '## Was nicht in deinem Export steht',
    kinds.flatMap(({ notShown }) => (notShown === undefined ? [] : [`- ${de(notShown)}`])).join('\n'),
    '## Wer sonst etwas bekommt',
    policy.providers.map(({ name, gets, where }) => `- **${name}**: ${de(gets)} ${de(where)}`).join('\n'),
    'Persönliche Daten werden nie verkauft und nie für Werbung benutzt.',
    '## Was andere aufbewahren, und wie lange',
    'Von dem, was du löschen ließest, bleibt dies, und wir können es nicht löschen:',
    table(
      ['wer', 'was', 'bis wann', 'warum'],
      policy.keptElsewhere.map(({ who, what, until, why }) => [who, what, until, why].map(de)),
    ),
    '## Wie es geschützt ist',
    policy.security.map((text) => `- ${de(text)}`).join('\n'),
    '## Wen du fragst',
    policy.contacts.map(({ role, purpose }) => `- ${de(purpose)} (\`${role}\`)`).join('\n'),
    'Die Adressen sind die des Dienstes, den du benutzt: `GET /v1/policy` und `/.well-known/security.txt` nennen sie.',
    '## Fassungen',
    'Eine neue Fassung wird allen, die ein Konto haben, per Mail mitgeteilt, und die App zeigt, welche du angenommen hast.',
    versions
      .map(
        (one) =>
          `- **${one.version}**, ab ${one.effectiveFrom}: ${de(one.changes)}${one.asksAgain ? ' Alle werden vor dem nächsten Foto gebeten, sie anzunehmen.' : ''}`,
      )
      .join('\n'),
    '',
  ].join('\n\n');
}

function classSection({
  dataClass,
  table: name,
  purpose,
  kinds,
  readers,
  retention,
}: ClassPolicy): readonly string[] {
  return [
    `### ${classNames[dataClass]}: \`${name}\``,
    `${de(purpose)} Lesen kann es: ${readers.map((reader) => readerNames[reader]).join(', ')}.`,
    table(
      ['was, und warum', 'von', 'aufbewahrt'],
      kinds.map((kind) => [
        de(kind.why),
        sourceNames[kind.source],
        retentionText(kind.retention ?? retention),
      ]),
    ),
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), `|${head.map(() => '---').join('|')}|`, ...lines.map(row)].join('\n');
}
