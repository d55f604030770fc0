/** Results as a table and sentences for people, and as JSON lines for scripts. Pure: writes nothing itself. */
import Table from 'cli-table3';
import type { PhotoResult, Refusal } from './result.ts';

/** Paints a text; given the identity where there are no colours. */
export type Paint = (colour: 'green' | 'yellow' | 'red', text: string) => string;

/** One line of `--json`, without its line break. */
export function jsonLine(result: PhotoResult): string {
  return JSON.stringify(
    result.kind === 'ended'
      ? endedFields(result)
      : { photo: result.photo, state: 'refused', ...result.refusal },
  );
}

function endedFields({ photo, scan }: Extract<PhotoResult, { kind: 'ended' }>) {
  const { id, state, band, reason, message, charged, deletion, model } = scan;
  return {
    photo,
    state,
    band,
    reason,
    message,
    charged,
    imageLivedMs: deletion?.msFromUpload,
    deletedAt: deletion?.deletedAt,
    deletionVerified: deletion?.verified ?? false,
    scanId: id,
    model,
  };
}

/** The table, one row a photo. */
export function renderTable(results: readonly PhotoResult[], paint: Paint): string {
  const table = new Table({
    head: ['photo', 'result', 'charged', 'image lived', 'deletion'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'left'],
  });
  for (const result of results) {
    const isEnded = result.kind === 'ended';
    const deletion = isEnded ? result.scan.deletion : undefined;
    table.push([
      shortPath(printable(result.photo)),
      paint(colourOf(result), printable(wordsOf(result))),
      chargeOf(result),
      deletion === undefined ? '-' : `${deletion.msFromUpload} ms`,
      deletion === undefined ? '-' : 'verified',
    ]);
  }
  return table.toString();
}

/** What each result means, said once, and then the advice, which is the same for all. */
export function renderSentences(results: readonly PhotoResult[]): string {
  const sentences = new Map<string, string>();
  const advice = new Set<string>();
  for (const result of results) {
    const message = result.kind === 'ended' ? result.scan.message : result.refusal.message;
    const sentence = printable(`${capital(wordsOf(result))}: ${message}`);
    // One reference a sentence is enough to quote; --json has them all.
    if (!sentences.has(sentence)) sentences.set(sentence, sentence + referenceOf(result));
    if (result.kind === 'ended' && result.scan.advice !== undefined)
      advice.add(printable(result.scan.advice));
  }
  return [[...sentences.values()].join('\n'), ...advice].filter((part) => part !== '').join('\n\n');
}

/** Where the connection to the system ended, not the photo's chances: nobody here knows what became of it. */
const lost: { readonly [C in Refusal['code']]?: string } = {
  network: 'connection lost',
  timeout: 'no answer in time',
  'unexpected-answer': 'an answer of something else',
};

/** The result in words. */
export function wordsOf(result: PhotoResult): string {
  if (result.kind === 'refused') return lost[result.refusal.code] ?? `refused: ${words(result.refusal.code)}`;
  const { state, band, reason = '' } = result.scan;
  switch (state) {
    case 'completed':
      return words(band ?? 'completed');
    case 'inconclusive':
      return `cannot tell: ${words(reason)}`;
    case 'rejected':
      return `cannot be used: ${words(reason)}`;
    case 'failed':
      return `failed: ${words(reason)}`;
    case 'expired':
      return 'never arrived';
    case 'issued':
    case 'claimed':
      return 'not ended yet';
  }
}

function referenceOf(result: PhotoResult): string {
  const reference = result.kind === 'refused' ? result.refusal.reference : undefined;
  return reference === undefined ? '' : ` (reference ${printable(reference)})`;
}

function chargeOf(result: PhotoResult): string {
  if (result.kind === 'ended') return result.scan.charged ? 'yes' : 'no';
  return result.refusal.code in lost ? 'not known' : 'no';
}

function colourOf(result: PhotoResult): 'green' | 'yellow' | 'red' {
  if (result.kind === 'refused') return 'red';
  if (result.scan.state === 'completed') return 'green';
  return result.scan.state === 'inconclusive' ? 'yellow' : 'red';
}

function words(code: string): string {
  return code.replaceAll('-', ' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The end of a path says more than its start. */
function shortPath(path: string): string {
  const letters = Array.from(path);
  return letters.length <= 32 ? path : `…${letters.slice(-31).join('')}`;
}

/** A file name can hold anything, also what would move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
