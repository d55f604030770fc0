/** What one scan is called and how its moments are written, in the reader's language. Pure but for the device's zone. */
import type { ScanView } from '../../core/contract.ts';
import type { Words } from '../words/catalogue.ts';

/** The sentence of a scan in a few words: its band, or why there is none. */
export function titleOf(scan: ScanView, words: Words): string {
  if (scan.state === 'issued' || scan.state === 'claimed') return words.history.open;
  if (scan.band !== undefined) return bandWords(scan, words).title;
  return noResultWords(scan, words).title;
}

/** What the app says of a band; of one that it does not know, what the API says. */
export function bandWords(
  { band = '', message }: Pick<ScanView, 'band' | 'message'>,
  words: Words,
): { readonly title: string; readonly means: string; readonly meansNot: string } {
  const known: Readonly<Record<string, (typeof words.bands)['visible-difference']>> = words.bands;
  const found = Object.hasOwn(known, band) ? known[band] : undefined;
  return found ?? { ...words.unknownBand, means: message };
}

/** What the app says of a scan that ended without a result. */
export function noResultWords(
  { state, reason }: ScanView,
  words: Words,
): { readonly title: string; readonly text: string; readonly next: string } {
  if (state === 'expired') return words.expired;
  return reason === undefined ? words.noReason : words.reasons[reason];
}

/** Day and time of a moment. */
export function dayAndTime(instant: string, { language }: Words): string {
  return new Intl.DateTimeFormat(language.code, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
}

/** Time to the second: 14:03:07. */
export function timeToTheSecond(instant: string, { language }: Words): string {
  return new Intl.DateTimeFormat(language.code, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
}

/** A span of time in seconds: `0.9 s`; long ones without a fraction. */
export function secondsOf(ms: number, words: Words): string {
  const digits = ms < 10_000 ? 1 : 0;
  const value = ms > 0 ? Math.max(0.1, ms / 1000) : 0;
  const format = new Intl.NumberFormat(words.language.code, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return words.result.seconds(format.format(value));
}
