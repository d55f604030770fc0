/**
 * Installs MiniStack from PyPI, pinned, into a folder of this repository, starts it on loopback and stops it with
 * every process that it started, also when this one is killed.
 *
 * MiniStack takes anybody's keys and runs any code it is given: never bind it to more than loopback.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { startGuarded, type Guarded } from './guarded.ts';

/**
 * Seen to refuse a presigned upload of another length. Do not move it without running the suites: versions before
 * mid-2026 verified no presigned address, and 1.4.16 to 1.4.19 refused all of them.
 */
export const ministackVersion = '1.5.33';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
const home = join(repositoryRoot, '.build', 'ministack', ministackVersion);
const python = join(home, 'venv', 'bin', 'python');
const suiteServices = ['s3', 'dynamodb', 'lambda', 'sqs', 'iam', 'sts', 'logs'];
const installLimitMs = 240_000;
const healthLimitMs = 60_000;

/** Python is missing or MiniStack did not start; the message says what to do. */
export class MinistackError extends Error {
  override readonly name = 'MinistackError';
  readonly code = 'ministack';
}

export interface MinistackOptions {
  /** Services that it offers, by its own names; empty: all. Default: what the suites of this folder use. */
  readonly services?: readonly string[];
  /**
   * Policies of roles, buckets and keys are enforced, and it is reached by TLS alone, since policies deny plain HTTP.
   * Default: every call is allowed, over plain HTTP.
   */
  readonly enforcing?: boolean;
}

export interface Ministack {
  readonly endpoint: string;
  /** File of the certificate that clients must trust; absent over plain HTTP. */
  readonly certificate?: string;
  /** Ends MiniStack and every function that it runs. */
  stop(): Promise<void>;
}

/** Installs it where needed and waits until it answers. @throws MinistackError */
export async function startMinistack(options: MinistackOptions = {}): Promise<Ministack> {
  if (process.platform !== 'linux') {
    throw new MinistackError(
      'MiniStack runs functions on this machine, and they are packaged for Linux. ' +
        'AWS_ENDPOINT_URL names a cloud that runs them in containers.',
    );
  }
  await install();
  const port = await freePort();
  const endpoint = `${options.enforcing === true ? 'https' : 'http'}://127.0.0.1:${port}`;
  const logFile = join(home, 'log');
  const temporary = join(home, 'tmp');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  // MiniStack's own worker is CommonJS in a .js file; this repository's package.json would make it an ES module.
  await writeFile(join(temporary, 'package.json'), '{}');
  const secured = options.enforcing === true ? await certify(temporary) : undefined;
  const log = await open(logFile, 'w');
  const ministack = startGuarded([python, '-m', 'ministack'], {
    output: log.fd,
    cwd: home,
    env: {
      PATH: [join(repositoryRoot, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      S3_DATA_DIR: join(temporary, 's3'),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      LAMBDA_EXECUTOR: 'local',
      SERVICES: (options.services ?? suiteServices).join(),
      ...(secured === undefined
        ? {}
        : {
            AUTH: 'true',
            USE_SSL: '1',
            MINISTACK_SSL_CERT: secured.certificate,
            MINISTACK_SSL_KEY: secured.key,
            // Its functions trust it too.
            NODE_EXTRA_CA_CERTS: secured.certificate,
          }),
    },
  });
  await log.close();
  try {
    await waitUntilHealthy(endpoint, ministack);
  } catch (error) {
    await ministack.stop();
    const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-12).join('\n');
    throw new MinistackError(`MiniStack did not start. Its log ends with:\n${tail}`, { cause: error });
  }
  return {
    endpoint,
    ...(secured === undefined ? {} : { certificate: secured.certificate }),
    stop: () => ministack.stop(),
  };
}

/** A key and a certificate of its own for loopback, which this process trusts from now on. */
async function certify(folder: string): Promise<{ readonly key: string; readonly certificate: string }> {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject]);
  setDefaultCACertificates([...getCACertificates('default'), await readFile(certificate, 'utf8')]);
  return { key, certificate };
}

async function install(): Promise<void> {
  const installed = join(home, 'installed');
  if (existsSync(installed)) return;
  if (spawnSync('python3', ['-c', 'import venv, ensurepip'], { timeout: 20_000 }).status !== 0) {
    throw new MinistackError(
      'This needs python3 with venv, to install MiniStack, or AWS_ENDPOINT_URL for a cloud that runs already.',
    );
  }
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  run('python3', ['-m', 'venv', join(home, 'venv')]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  run(python, [...pip, `ministack==${ministackVersion}`]);
  await writeFile(installed, `${ministackVersion}\n`);
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { timeout: installLimitMs, encoding: 'utf8' });
  if (status !== 0) {
    throw new MinistackError(`MiniStack could not be set up: ${command} ${args.join(' ')}\n${stderr ?? ''}`);
  }
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address !== null) return address.port;
  throw new MinistackError('no port is free');
}

async function waitUntilHealthy(endpoint: string, ministack: Guarded): Promise<void> {
  const until = Date.now() + healthLimitMs;
  let hasEnded = false;
  void ministack.ended.then(() => (hasEnded = true));
  while (!(await isHealthy(endpoint))) {
    if (hasEnded) throw new MinistackError('it ended at once');
    if (Date.now() > until) throw new MinistackError(`no answer within ${healthLimitMs} ms`);
    await pause(100);
  }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // not listening yet
  }
}
