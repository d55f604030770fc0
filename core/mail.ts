/**
 * The mail that the product sends, in the policy's languages, as text and as HTML. No picture, no link that counts,
 * nothing loaded from anywhere: a mail says what it says and tells nobody that it was read. Pure.
 */
import { escapeHtml } from './html.ts';

/** One mail, whoever it goes to. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type Language = 'en' | 'de';

interface Words {
  readonly codeSubject: (code: string) => string;
  readonly code: (minutes: number) => readonly [before: string, after: string];
  readonly answerSubject: string;
  readonly answer: readonly [before: string, asked: string];
  readonly suspendedSubject: string;
  readonly suspended: readonly string[];
  readonly policySubject: (product: string) => string;
  readonly policyVersion: (version: string, from: string) => string;
  readonly policyAsks: string;
  readonly policyAsksNothing: string;
  readonly policyLeave: string;
  readonly footer: (product: string) => string;
}

const words: { readonly [L in Language]: Words } = {
  en: {
    codeSubject: (code) => `${code} is your code`,
    code: (minutes) => [
      `Type this code where you asked for it. It works once, for ${minutes} minutes.`,
      'You did not ask for it? Then somebody typed your address, perhaps by mistake. Do nothing, and tell nobody the code.',
    ],
    answerSubject: 'An answer to your message',
    answer: ['We answered your message:', 'You had written:'],
    suspendedSubject: 'Your account is suspended',
    suspended: [
      'Somebody reported that this account belongs to a minor. It was suspended, and every photo on its way was deleted unread.',
      'If that is a mistake, answer through the contact named in the privacy notice.',
    ],
    policySubject: (product) => `${product}’s policy changes`,
    policyVersion: (version, from) => `Version ${version}, from ${from}:`,
    policyAsks: 'Before your next photo the app asks whether you accept it. Nobody accepts it for you.',
    policyAsksNothing: 'You need to do nothing.',
    policyLeave:
      'The whole policy is in the app, and so is the version that you accepted. If you do not agree, you can withdraw your consent there at any time.',
    footer: (product) =>
      `${product} sends mail only about your account: to sign you in, to answer you, and when its policy changes. This mail loads nothing and counts nothing.`,
  },
  de: {
    codeSubject: (code) => `${code} ist dein Code`,
    code: (minutes) => [
      `Gib diesen Code dort ein, wo du ihn angefordert hast. Er gilt einmal und ${minutes} Minuten lang.`,
      'Du hast keinen angefordert? Dann hat jemand deine Adresse eingegeben, vielleicht aus Versehen. Tu nichts und verrate den Code niemandem.',
    ],
    answerSubject: 'Eine Antwort auf deine Nachricht',
    answer: ['Wir haben auf deine Nachricht geantwortet:', 'Du hattest geschrieben:'],
    suspendedSubject: 'Dein Konto ist gesperrt',
    suspended: [
      'Jemand hat gemeldet, dass dieses Konto einer minderjährigen Person gehört. Es wurde gesperrt, und jedes Foto, das unterwegs war, wurde ungelesen gelöscht.',
      'Wenn das ein Irrtum ist, antworte über den Kontakt, den die Datenschutzhinweise nennen.',
    ],
    policySubject: (product) => `Neue Datenschutzhinweise von ${product}`,
    policyVersion: (version, from) => `Fassung ${version}, ab ${from}:`,
    policyAsks:
      'Vor deinem nächsten Foto fragt die App, ob du sie annimmst. Niemand nimmt sie an deiner Stelle an.',
    policyAsksNothing: 'Du musst nichts tun.',
    policyLeave:
      'Die ganzen Hinweise stehen in der App, und auch, welche Fassung du angenommen hast. Wenn du nicht einverstanden bist, kannst du dort deine Einwilligung jederzeit widerrufen.',
    footer: (product) =>
      `${product} schreibt nur zu deinem Konto: um dich anzumelden, dir zu antworten und wenn sich die Datenschutzhinweise ändern. Diese Mail lädt nichts nach und zählt nichts.`,
  },
};

function wordsOf(language: string): readonly [Language, Words] {
  return language === 'de' ? ['de', words.de] : ['en', words.en];
}

/** The mail with a one-time code. */
export function codeMail(product: string, language: string, code: string, minutes: number): Mail {
  const [lang, say] = wordsOf(language);
  const [before, after] = say.code(minutes);
  return compose(lang, say.codeSubject(code), [before, { code }, after, { footer: say.footer(product) }]);
}

/** The mail with the staff's answer to a message. */
export function answerMail(product: string, language: string, asked: string, answer: string): Mail {
  const [lang, say] = wordsOf(language);
  return compose(lang, say.answerSubject, [
    say.answer[0],
    { quote: answer },
    say.answer[1],
    { quote: asked },
    { footer: say.footer(product) },
  ]);
}

/** The mail that says that an account was suspended after a report. */
export function suspensionMail(product: string, language: string): Mail {
  const [lang, say] = wordsOf(language);
  return compose(lang, say.suspendedSubject, [...say.suspended, { footer: say.footer(product) }]);
}

/** What the mail says of one version of the policy. */
export interface ToldVersion {
  readonly version: string;
  /** ISO 8601, a date. */
  readonly effectiveFrom: string;
  /** In the mail's language. */
  readonly changes: string;
}

/** The mail that tells of versions of the policy, oldest first; `asksAgain`: whether they must be accepted (CAL-16). */
export function policyMail(
  product: string,
  language: string,
  versions: readonly ToldVersion[],
  asksAgain: boolean,
): Mail {
  const [lang, say] = wordsOf(language);
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' });
  return compose(lang, say.policySubject(product), [
    ...versions.flatMap(({ version, effectiveFrom, changes }) => [
      say.policyVersion(version, date.format(Date.parse(effectiveFrom))),
      { quote: changes },
    ]),
    asksAgain ? say.policyAsks : say.policyAsksNothing,
    say.policyLeave,
    { footer: say.footer(product) },
  ]);
}

type Part = string | { readonly code: string } | { readonly quote: string } | { readonly footer: string };

function compose(language: Language, subject: string, parts: readonly Part[]): Mail {
  return {
    subject,
    text: `${parts.map(textOf).join('\n\n')}\n`,
    html: `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head><body style="max-width:34em;margin:2em auto;padding:0 1em;font:16px/1.5 system-ui,sans-serif">${parts.map(htmlOf).join('')}</body></html>`,
  };
}

function textOf(part: Part): string {
  if (typeof part === 'string') return part;
  if ('code' in part) return `    ${part.code}`;
  if ('quote' in part) return part.quote.replaceAll(/^/gm, '> ');
  return `-- \n${part.footer}`;
}

function htmlOf(part: Part): string {
  if (typeof part === 'string') return `<p>${escapeHtml(part)}</p>`;
  if ('code' in part) {
    return `<p style="font:bold 28px/1.5 ui-monospace,monospace;letter-spacing:.15em">${escapeHtml(part.code)}</p>`;
  }
  if ('quote' in part) {
    return `<blockquote style="margin:1em 0;padding-left:1em;border-left:3px solid;white-space:pre-wrap">${escapeHtml(part.quote)}</blockquote>`;
  }
  return `<p style="opacity:.7;font-size:13px">${escapeHtml(part.footer)}</p>`;
}
