/** The scan command: options to photos to results to an exit code. Decides little; its parts do. */
import { styleText } from 'node:util';
import { createClient, type Client } from '../../client/client.ts';
import { OnceoverApiError } from '../../client/error.ts';
import { findPhotos } from './find-photos.ts';
import { JournalError, openJournal, type Journal } from './journal.ts';
import { helpText, parseCommand, type Options } from './options.ts';
import { progressOf } from './progress.ts';
import { jsonLine, renderSentences, renderTable } from './report.ts';
import { exitCodeOf, exitCodes, isLookedAt, stopOf } from './result.ts';
import { runPhotos, type RunEnd } from './run.ts';
import { fewestSummarized, renderSummary } from './summary.ts';
import { takePhoto } from './take-photo.ts';
import { noAnswer, SystemUnreachable, tokenSource } from './token.ts';

/** Runs the command and resolves with its exit code. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const command = parseCommand(args, env);
  if (command.kind === 'help') {
    process.stdout.write(helpText);
    return 0;
  }
  if (command.kind === 'usage')
    return complain(`${command.message}\nSee: npm run scan -- --help`, exitCodes.usage);
  const found = await findPhotos(command.paths);
  if (!found.ok) return complain(found.message, exitCodes.usage);
  const stopping = stopOnInterrupt();
  const startedAt = performance.now();
  let journal: Journal | undefined;
  try {
    if (command.resume !== undefined) journal = await openJournal(command.resume);
    const end = await scanAll(command, found.photos, stopping.signal, journal);
    if (!command.json) printEnd(end, performance.now() - startedAt);
    if (end.undone > 0) complain(undoneSentence(end), 0);
    if (stopping.signal.aborted) return exitCodes.interrupted;
    const code = exitCodeOf(end.results, end.undone);
    return code === exitCodes.unreachable ? complain(whyUnusable(end, command.apiUrl), code) : code;
  } catch (error) {
    if (stopping.signal.aborted) return complain('Stopped.', exitCodes.interrupted);
    if (error instanceof SystemUnreachable) return complain(error.message, exitCodes.unreachable);
    if (error instanceof JournalError) return complain(error.message, exitCodes.usage);
    throw error;
  } finally {
    await journal?.close();
    stopping.release();
  }
}

async function scanAll(
  options: Options,
  photos: readonly string[],
  signal: AbortSignal,
  journal: Journal | undefined,
): Promise<RunEnd> {
  const getToken = tokenSource(options.apiUrl, options.token, () => performance.now());
  const client = createClient({ baseUrl: options.apiUrl, getToken });
  await getToken({ renew: false });
  const maxUploadBytes = await readLimit(client, options.apiUrl, signal);
  // On one terminal, lines of JSON and a bar would write over each other.
  const isBarShown = process.stderr.isTTY && !(options.json && process.stdout.isTTY);
  const progress = progressOf(photos.length, isBarShown);
  const noted = journal === undefined ? {} : { journal };
  const taking = { client, maxUploadBytes, name: options.name, signal, ...noted };
  try {
    return await runPhotos({
      photos,
      concurrency: options.concurrency,
      signal,
      take: async (photo) => takePhoto(taking, photo),
      onResult: (result) => {
        progress.step();
        if (options.json) process.stdout.write(`${jsonLine(result)}\n`);
      },
    });
  } finally {
    progress.stop();
  }
}

/** The first question to the system: whether it is there, and how much it takes. */
async function readLimit(client: Client, apiUrl: string, signal: AbortSignal): Promise<number> {
  try {
    return (await client.policy({ signal })).limits.maxUploadBytes;
  } catch (error) {
    if (!(error instanceof OnceoverApiError)) throw error;
    if (error.code === 'network' || error.code === 'timeout') {
      throw new SystemUnreachable(noAnswer(apiUrl), { cause: error });
    }
    throw new SystemUnreachable(
      `${apiUrl} does not answer like onceover: ${error.message} Check the address given with --api.`,
      { cause: error },
    );
  }
}

/** Rows are for a screen: of a large batch, those that need a look. */
const mostRows = 40;

function printEnd({ results }: RunEnd, elapsedMs: number): void {
  if (results.length === 0) return;
  const rows = results.length > mostRows ? results.filter((result) => !isLookedAt(result)) : results;
  const table = renderTable(rows, (colour, text) => styleText(colour, text, { stream: process.stdout }));
  const parts = [
    ...(rows.length > 0 ? [table] : []),
    renderSentences(results),
    ...(results.length >= fewestSummarized ? [renderSummary(results, elapsedMs)] : []),
  ];
  process.stdout.write(`${parts.join('\n\n')}\n`);
}

function undoneSentence({ undone, results }: RunEnd): string {
  const photos = undone === 1 ? '1 photo was' : `${undone} photos were`;
  const last = results.find((result) => stopOf(result) !== undefined);
  const why = last?.kind === 'refused' ? ` ${last.refusal.message}` : '';
  return `Stopped: ${photos} left undone.${why}`;
}

/** What to do about a system that stopped being of use in the middle. */
function whyUnusable({ results }: RunEnd, apiUrl: string): string {
  const isTokenRefused = results.some(
    (result) => result.kind === 'refused' && result.refusal.code === 'unauthenticated',
  );
  return isTokenRefused
    ? `${apiUrl} does not accept the token. Set ONCEOVER_TOKEN to a fresh one, or use --token TOKEN.`
    : noAnswer(apiUrl);
}

/** Ctrl-C once: nothing new begins and what runs is given up. Twice: the process ends at once. */
function stopOnInterrupt(): { readonly signal: AbortSignal; readonly release: () => void } {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  // A reader that went away ("| head") is one more way of saying stop.
  process.stdout.once('error', onInterrupt);
  return {
    signal: stop.signal,
    release: () => {
      process.removeListener('SIGINT', onInterrupt);
    },
  };
}

function complain<C extends number>(message: string, exitCode: C): C {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
