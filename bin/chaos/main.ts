/** The chaos command: options to a run to a summary to an exit code. */
import { randomInt } from 'node:crypto';
import { helpText, parseCommand } from './options.ts';
import { renderReport } from './report.ts';
import { runChaos, type Progress } from './run.ts';

/** Where nobody watches a line move, one is printed this often. */
const tellEveryMs = 15_000;

/** Runs the command and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args, () => randomInt(1_000_000));
  if (command.kind === 'help') {
    process.stdout.write(helpText);
    return 0;
  }
  if (command.kind === 'usage') {
    process.stderr.write(`${command.message}\nSee: npm run chaos -- --help\n`);
    return 2;
  }
  const { seed, durationMs, json, verbose, mutant } = command;
  process.stderr.write(`Chaos with seed ${seed}; Ctrl-C stops after the round.\n`);
  const startedAt = performance.now();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const telling = teller(startedAt, durationMs);
  const report = await runChaos({
    seed,
    mutant,
    goesOn: () => !stop.signal.aborted && performance.now() - startedAt < durationMs,
    onRound: telling.tell,
    log: (name, line) => {
      if (verbose) process.stderr.write(`${name.padEnd(8)} ${line}\n`);
    },
  });
  telling.end();
  process.stdout.write(`${json ? JSON.stringify(report) : renderReport(report)}\n`);
  return report.found.length === 0 ? 0 : 1;
}

/** One line that is written over, or a line now and then. */
function teller(startedAt: number, durationMs: number) {
  const isTerminal = process.stderr.isTTY;
  let toldAt = startedAt;
  return {
    tell: ({ rounds, scans, virtualMs }: Progress): void => {
      const now = performance.now();
      if (!isTerminal && now - toldAt < tellEveryMs) return;
      toldAt = now;
      const part = Math.min(100, Math.round(((now - startedAt) / durationMs) * 100));
      const line = `${part} %: ${rounds} rounds judged, ${scans} scans, ${(virtualMs / 3_600_000).toFixed(1)} h of virtual time`;
      process.stderr.write(isTerminal ? `\r\u001B[2K${line}` : `${line}\n`);
    },
    end: () => void (isTerminal && process.stderr.write('\r\u001B[2K')),
  };
}
