/** Every mail, in every language: complete without pictures, links or anything loaded, and safe to show. */
import { describe, expect, it } from 'vitest';
import { answerMail, codeMail, policyMail, suspensionMail, type Mail } from '../../core/mail.ts';
import { calmara } from '../../policies/calmara.ts';

const nasty = '<img src=x onerror=alert(1)> & "quotes"';

const versions = [
  { version: '1.1', effectiveFrom: '2026-12-01', changes: nasty },
  { version: '2.0', effectiveFrom: '2027-03-31', changes: 'Other changes.' },
];

const mails: readonly (readonly [string, Mail])[] = calmara.languages.flatMap((language) => [
  [`the code, ${language}`, codeMail('Calmara', language, '40718823', 10)] as const,
  [`the answer, ${language}`, answerMail('Calmara', language, nasty, `One.\n${nasty}`)] as const,
  [`the suspension, ${language}`, suspensionMail('Calmara', language)] as const,
  [`the changed policy, ${language}`, policyMail('Calmara', language, versions, true)] as const,
]);

describe.each(mails)('%s', (_name, { subject, text, html }) => {
  it('loads nothing, counts nothing and leads nowhere', () => {
    expect(html).not.toMatch(/<(?:img|a|link|script|iframe|form)\b|url\(|https?:/i);
    expect(text).not.toMatch(/https?:/);
  });

  it('is readable in a dark window', () => {
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).not.toMatch(/color\s*:\s*#|background/);
  });

  it('has a short subject of one line, and says who writes and that nothing is counted', () => {
    expect(subject.length).toBeLessThan(60);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain('Calmara');
    expect(Buffer.byteLength(html)).toBeLessThan(4096);
  });
});

it('puts the code into the subject, where a phone shows it without opening the mail', () => {
  expect(codeMail('Calmara', 'de', '40718823', 10).subject).toBe('40718823 ist dein Code');
});

it('shows what a person wrote as text, never as markup', () => {
  const { html, text } = answerMail('Calmara', 'en', nasty, 'So.');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;');
  expect(text).toContain(`> ${nasty}`);
});

it.each([
  ['en', 'Version 2.0, from March 31, 2027:', 'Before your next photo', 'You need to do nothing.'],
  ['de', 'Fassung 2.0, ab 31. März 2027:', 'Vor deinem nächsten Foto', 'Du musst nichts tun.'],
])(
  'says in %s which versions are new, from when, and what a person must do',
  (language, line, asks, nothing) => {
    const asking = policyMail('Calmara', language, versions, true).text;
    expect(asking.indexOf('1.1')).toBeLessThan(asking.indexOf(line));
    expect(asking).toContain('> Other changes.');
    expect([asking.includes(asks), asking.includes(nothing)]).toEqual([true, false]);
    const telling = policyMail('Calmara', language, versions, false).text;
    expect([telling.includes(asks), telling.includes(nothing)]).toEqual([false, true]);
  },
);
