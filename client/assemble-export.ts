/**
 * One file of all pages of an export: JSON for programs, and HTML that a person reads in any browser, offline, without a
 * script. Pure: it sends and stores nothing.
 */
import type { ExportPage, KeptItem } from '../core/contract.ts';
import { fieldSaid, valueSaid, type Said } from './export-words.ts';

export interface AssembledExport {
  /** Pretty-printed. */
  readonly json: string;
  /** A whole document, with its style in it and nothing from elsewhere. */
  readonly html: string;
}

type Language = 'en' | 'de';

/** What the document says beside what it holds. */
const words = {
  en: {
    title: (product: string) => `Everything that ${product} holds about me`,
    made: (at: string, version: string) => `Made ${at}, under version ${version} of the policy.`,
    nothing: 'Nothing.',
    why: 'Why',
    source: 'From',
    kept: 'Kept',
    until: (moment: string) => `until ${moment}`,
    withheld: 'Not shown',
    notShown: 'What may be about you and is not here',
    elsewhere: 'Who else holds something',
    classes: {
      personal: 'Account',
      health: 'Results',
      transactions: 'Purchases',
      evidence: 'Consents, and who looked',
      communications: 'Messages',
      erasure: 'Erasure',
      usage: 'Use',
      operations: 'Operation',
    },
    sources: {
      person: 'you',
      software: 'our software',
      staff: 'our staff',
      reporter: 'somebody who reported',
      'payment-provider': 'the payment provider',
      'mail-provider': 'the mail provider',
    },
    ends: {
      'account-closed': 'until you delete your account',
      'person-deletes-it-or-account-closed': 'until you delete it, or your account',
      'session-ends': 'until you sign out, or the session ends by itself',
      'days-after-writing': 'until its time is over',
      'days-after-ending': 'until its time after its end is over',
      'scan-ends': 'until the scan ends',
      replaced: 'until the next value replaces it',
      'identifies-no-one': 'without an end: it identifies no one',
    },
    yes: 'yes',
    no: 'no',
  },
  de: {
    title: (product: string) => `Alles, was ${product} über mich hat`,
    made: (at: string, version: string) => `Erstellt ${at}, unter Fassung ${version} der Erklärung.`,
    nothing: 'Nichts.',
    why: 'Warum',
    source: 'Von',
    kept: 'Aufbewahrt',
    until: (moment: string) => `bis ${moment}`,
    withheld: 'Nicht gezeigt',
    notShown: 'Was dich betreffen kann und hier nicht steht',
    elsewhere: 'Wer sonst etwas hat',
    classes: {
      personal: 'Konto',
      health: 'Ergebnisse',
      transactions: 'Käufe',
      evidence: 'Einwilligungen, und wer hingesehen hat',
      communications: 'Nachrichten',
      erasure: 'Löschung',
      usage: 'Nutzung',
      operations: 'Betrieb',
    },
    sources: {
      person: 'dir',
      software: 'unserer Software',
      staff: 'unserem Team',
      reporter: 'jemandem, der etwas gemeldet hat',
      'payment-provider': 'dem Zahlungsanbieter',
      'mail-provider': 'dem Mailanbieter',
    },
    ends: {
      'account-closed': 'bis du dein Konto löschst',
      'person-deletes-it-or-account-closed': 'bis du es löschst oder dein Konto',
      'session-ends': 'bis du dich abmeldest oder die Sitzung von selbst endet',
      'days-after-writing': 'bis seine Zeit um ist',
      'days-after-ending': 'bis seine Zeit nach seinem Ende um ist',
      'scan-ends': 'bis der Scan endet',
      replaced: 'bis der nächste Wert es ersetzt',
      'identifies-no-one': 'ohne Ende: Es bezeichnet niemanden',
    },
    yes: 'ja',
    no: 'nein',
  },
} as const;

/** Both files of the pages, in their order. Throws RangeError without a page, or when the last one says that more follow. */
export function assembleExport(
  pages: readonly ExportPage[],
  { language = 'en' }: { readonly language?: string } = {},
): AssembledExport {
  const [first] = pages;
  const last = pages.at(-1);
  if (first === undefined || last === undefined || last.next !== undefined) {
    throw new RangeError('an export is assembled of all of its pages');
  }
  const { generatedAt, product, policyVersion, notShown, elsewhere } = first;
  const items = pages.flatMap((page) => page.items);
  const whole = { generatedAt, product, policyVersion, items, notShown, elsewhere };
  return {
    json: `${JSON.stringify(whole, undefined, 2)}\n`,
    html: renderHtml(whole, language === 'de' ? 'de' : 'en'),
  };
}

type Whole = Omit<ExportPage, 'next'>;

const style =
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:52rem;margin:2rem auto;padding:0 1rem}' +
  'article{border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}' +
  'table{border-collapse:collapse;width:100%}th{text-align:start;font-weight:500;width:12rem;vertical-align:top}td{overflow-wrap:anywhere;white-space:pre-line}' +
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}dd{margin:0}dt{opacity:.75}';

function renderHtml(
  { generatedAt, product, policyVersion, items, notShown, elsewhere }: Whole,
  language: Language,
): string {
  const said = words[language];
  const title = escapeHtml(said.title(product));
  // Without Map.groupBy, which a phone of a few years ago does not have.
  const classes = [...new Set(items.map(({ dataClass }) => dataClass))];
  const sections = classes.map((dataClass) => {
    const ofClass = items.filter((one) => one.dataClass === dataClass);
    return `<section><h2>${escapeHtml(said.classes[dataClass])}</h2>${ofClass.map((one) => renderItem(one, language)).join('')}</section>`;
  });
  const absent = notShown.map(
    ({ dataClass, why }) =>
      `<li><strong>${escapeHtml(said.classes[dataClass])}</strong>: ${escapeHtml(textIn(why, language))}</li>`,
  );
  const others = elsewhere.map(
    ({ provider, what }) =>
      `<li><strong>${escapeHtml(provider)}</strong>: ${escapeHtml(textIn(what, language))}</li>`,
  );
  return [
    '<!doctype html>',
    `<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>`,
    `<p>${escapeHtml(said.made(momentText(generatedAt, language), policyVersion))}</p>`,
    ...(sections.length === 0 ? [`<p>${said.nothing}</p>`] : sections),
    ...(absent.length === 0
      ? []
      : [`<section><h2>${escapeHtml(said.notShown)}</h2><ul>${absent.join('')}</ul></section>`]),
    `<section><h2>${escapeHtml(said.elsewhere)}</h2><ul>${others.join('')}</ul></section>`,
    '</main></body></html>\n',
  ].join('\n');
}

function renderItem(one: KeptItem, language: Language): string {
  const said = words[language];
  const about: readonly (readonly [string, string])[] = [
    [said.why, textIn(one.keptBecause, language)],
    [said.source, said.sources[one.source]],
    [
      said.kept,
      one.keptUntil === undefined ? said.ends[one.endsWith] : said.until(momentText(one.keptUntil, language)),
    ],
    ...(one.withheld === undefined ? [] : [[said.withheld, textIn(one.withheld, language)] as const]),
  ];
  const facts = about.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`);
  const rows = Object.entries(one.item).map(([name, value]) => {
    const label = saidIn(fieldSaid(name), language) ?? name;
    const text = valueText(one.table, name, value, language);
    // What it is called in the file for programs, for whoever compares the two.
    return `<tr><th scope="row" title="${escapeHtml(name)}">${escapeHtml(label)}</th><td>${escapeHtml(text)}</td></tr>`;
  });
  return `<article><dl>${facts.join('')}</dl><table><tbody>${rows.join('')}</tbody></table></article>`;
}

function textIn(text: Readonly<Record<string, string>>, language: Language): string {
  return text[language] ?? text['en'] ?? '';
}

function saidIn(said: Said | undefined, language: Language): string | undefined {
  return said?.[language === 'de' ? 1 : 0];
}

function valueText(
  table: string,
  field: string,
  value: KeptItem['item'][string],
  language: Language,
): string {
  if (typeof value === 'boolean') return value ? words[language].yes : words[language].no;
  if (typeof value === 'string') {
    const word = saidIn(valueSaid(table, field, value), language);
    return word ?? (momentFields.test(field) ? momentText(value, language) : value);
  }
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.join('\n');
  return Object.entries(value)
    .map(([name, inner]) => `${saidIn(valueSaid(table, field, name), language) ?? name}: ${inner}`)
    .join('\n');
}

/** Names of fields that the API answers as instants. */
const momentFields = /(?:^at|At|Until|After)$/;
const locales = { en: 'en-GB', de: 'de-DE' } as const;

/** As a person reads a moment, in UTC: whose file it is may be anywhere. What is no instant stays as it is. */
function momentText(instant: string, language: Language): string {
  if (!/^\d{4}-\d\d-\d\dT.+Z$/.test(instant)) return instant;
  const format = { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat(locales[language], format).format(new Date(instant))} UTC`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as text, in an element or in an attribute. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');
}
