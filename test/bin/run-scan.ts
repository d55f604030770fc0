/** Runs the scan command as a person would: a process of its own, nothing inherited but what a test gives. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly end: Promise<CommandEnd>;
  readonly interrupt: () => void;
  /** SIGKILL: no chance to say anything. */
  readonly kill: () => void;
}

const command = fileURLToPath(new URL('../../bin/scan.ts', import.meta.url));

export interface Start {
  /** Where relative paths begin. Default: this process's own. */
  readonly cwd?: string;
  /** The only variables that it sees. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** For Node itself. Default: none. */
  readonly nodeArgs?: readonly string[];
}

/** Starts the command. */
export function startScan(args: readonly string[], { cwd, env = {}, nodeArgs = [] }: Start = {}): Running {
  const child = spawn(process.execPath, [...nodeArgs, command, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const end = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(([code, stdout, stderr]) => ({
    code,
    stdout,
    stderr,
  }));
  return { end, interrupt: () => child.kill('SIGINT'), kill: () => child.kill('SIGKILL') };
}

/** Runs it to its end. */
export async function runScan(...start: Parameters<typeof startScan>): Promise<CommandEnd> {
  return startScan(...start).end;
}
