/** A process, with all that it starts, that ends with whoever started it, however that one ends. POSIX only. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Guarded {
  /** Its exit code, once it and all that it started are gone; null when it was killed. */
  readonly ended: Promise<number | null>;
  /** Ends the whole group, politely first; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface GuardedOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** File descriptor that takes what it prints. */
  readonly output: number;
}

/** The guardian's own grace is shorter. */
const stopLimitMs = 10_000;

/**
 * Runs its arguments until they end or nobody holds its standard input any more, and then ends its whole group. A
 * wait that is cut short by the signal to the group is taken up again.
 */
const guardian = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
trap : TERM
( trap '' TERM; cat <&3 >/dev/null; kill -TERM 0; sleep 2; kill -KILL 0 ) &
while :; do
  wait $child
  code=$?
  kill -0 $child 2>/dev/null || exit $code
done
`;

/** Starts a command in a process group of its own. */
export function startGuarded(command: readonly string[], options: GuardedOptions): Guarded {
  const { cwd, env, output } = options;
  const child = spawn('/bin/sh', ['-c', guardian, 'guardian', ...command], {
    detached: true,
    stdio: ['pipe', output, output],
    cwd,
    env,
  });
  const ended = endOf(child);
  return {
    ended,
    async stop() {
      child.stdin?.destroy();
      const limit = setTimeout(() => killGroup(child), stopLimitMs);
      await ended;
      clearTimeout(limit);
    },
  };
}

async function endOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  killGroup(child);
  return child.exitCode;
}

/** Ends whoever of the group is left. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nobody is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
