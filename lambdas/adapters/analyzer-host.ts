/**
 * The analyzer in a process of its own. A run of the runtime can be interrupted in no other way: it holds its thread,
 * and a thread that is inside native code cannot be ended. What takes too long is killed with its process: the scan in
 * hand is inconclusive, and a new process looks at the next photo. docs/adr/0016-a-model-in-a-process-of-its-own.md
 */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { inconclusiveReasons, isBand, type Finding } from '../../core/outcome.ts';
import type { Analyzer, Pixels } from '../../core/ports.ts';
import type { AnalyzerWork } from './analyzer-process.ts';
import { ModelLoadError, modelLoadCodes } from './model-load-error.ts';
import type { AnalyzerOptions } from './onnx-analyzer.ts';

/** How the process runs. */
export interface HostOptions extends AnalyzerOptions {
  /** Longest look, with a restart before it where one is due. Default: 10 s. */
  readonly timeLimitMs?: number;
}

const defaultTimeLimitMs = 10_000;
const isBundled = !import.meta.url.endsWith('.ts');
const script = fileURLToPath(new URL(`./analyzer-process.${isBundled ? 'mjs' : 'ts'}`, import.meta.url));

const greeting = z.union([
  z.strictObject({
    identity: z.strictObject({ name: z.string(), version: z.string(), digest: z.string() }),
    geometry: z.strictObject({
      width: z.int(),
      height: z.int(),
      fit: z.enum(['cover', 'contain']),
      enlarge: z.boolean(),
    }),
  }),
  z.strictObject({ code: z.enum(modelLoadCodes), message: z.string() }),
]);
const finding = z.union([
  z.strictObject({ kind: z.literal('completed'), band: z.string().refine(isBand) }),
  z.strictObject({ kind: z.literal('inconclusive'), reason: z.enum(inconclusiveReasons) }),
]);

const modelError: Finding = { kind: 'inconclusive', reason: 'model-error' };

/** Starts the process and resolves once its model is loaded; throws a `ModelLoadError` for one that must not be used. */
export async function startAnalyzer(modelDir: string, options: HostOptions): Promise<Analyzer> {
  const { timeLimitMs = defaultTimeLimitMs, ...work } = options;
  const start = (): Host => startHost({ modelDir, ...work });
  let host = start();
  const { identity, geometry } = await host.greeted;
  let turn: Promise<unknown> = Promise.resolve();

  async function look({ width, height, data }: Pixels): Promise<Finding> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      host.stop();
    }, timeLimitMs);
    try {
      if (width !== geometry.width || height !== geometry.height) return modelError;
      return await ask(data).catch((error: unknown) => {
        if (isLate) throw error;
        // It ended while nobody asked, or broke down: one successor looks at the same photo.
        return ask(data);
      });
    } catch {
      return modelError;
    } finally {
      clearTimeout(timer);
      data.fill(0);
    }
  }

  async function ask(data: Uint8Array): Promise<Finding> {
    const asked = host;
    try {
      await asked.greeted;
      return await asked.look(data);
    } catch (error) {
      asked.stop();
      host = start();
      throw error;
    }
  }

  return {
    identity,
    geometry,
    async analyze(pixels) {
      const mine = turn.then(() => look(pixels));
      turn = mine;
      return await mine;
    },
  };
}

interface Host {
  readonly greeted: Promise<Pick<Analyzer, 'identity' | 'geometry'>>;
  /** One look at a time. Rejects when the process ends before it answers. */
  look(data: Uint8Array): Promise<Finding>;
  /** Kills the process, whatever it is doing. */
  stop(): void;
}

function startHost(work: AnalyzerWork): Host {
  const child = spawn(process.execPath, [script, JSON.stringify(work)], {
    // What native code prints is not ours to log, and an open stream would keep whoever reads it waiting.
    stdio: ['pipe', 'pipe', 'ignore'],
    env: libraryPath(),
  });
  let waiting: PromiseWithResolvers<string> | undefined;
  let isOver = false;
  const end = (cause?: unknown): void => {
    isOver = true;
    waiting?.reject(new Error('the process of the model ended', { cause }));
  };
  createInterface({ input: child.stdout }).on('line', (line) => waiting?.resolve(line));
  child.once('error', end).once('close', end);
  // A write to a process that has ended; its end is told by `close`.
  child.stdin.on('error', () => undefined);
  child.unref();
  hold(child.stdin, false);

  /** The next line. Only while one is awaited does the process keep this one from ending. */
  async function nextLine(): Promise<unknown> {
    if (isOver) throw new Error('the process of the model has ended');
    waiting = Promise.withResolvers<string>();
    hold(child.stdout, true);
    try {
      return JSON.parse(await waiting.promise);
    } finally {
      hold(child.stdout, false);
    }
  }

  async function greet(): Promise<Pick<Analyzer, 'identity' | 'geometry'>> {
    const first = greeting.parse(await nextLine());
    if ('code' in first) throw new ModelLoadError(first.code, first.message);
    return first;
  }

  const greeted = greet();
  // Of a process that was started again nobody may ever ask.
  greeted.catch(() => undefined);
  return {
    greeted,
    async look(data) {
      const answer = nextLine();
      child.stdin.write(data);
      return finding.parse(await answer);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** Nothing of this process's environment but where its libraries lie: the model gets no credentials. */
function libraryPath(): NodeJS.ProcessEnv {
  const { LD_LIBRARY_PATH } = process.env;
  return LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH };
}

function hold(stream: unknown, keepsAlive: boolean): void {
  if (!(stream instanceof Socket)) return;
  if (keepsAlive) stream.ref();
  else stream.unref();
}
