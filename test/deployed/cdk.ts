/**
 * The CDK's own command against a cloud on this machine: keys that open nothing on AWS, no profile or file of the person
 * who runs it, a hard limit in time for each step, since a deployment that waits for an emulator waits for an hour.
 */
import { open, mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentials, region } from '../elsewhere/endpoint.ts';
import { startGuarded } from '../elsewhere/guarded.ts';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
/** What a run writes, and its log. */
export const workDir = join(repositoryRoot, '.build', 'deployed');
export const account = '000000000000';

/** A step of a deployment failed or did not end in time; the message ends with what it printed last. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
  readonly code = 'deploy';
}

/** The cloud that commands are pointed at. */
export interface CdkCloud {
  readonly endpoint: string;
  /** Certificate to trust. Default: those of this machine */
  readonly certificate?: string;
}

/** The variables of a command that works on that cloud, and nothing else of this process but what it needs to run. */
export function environmentOf({ endpoint, certificate }: CdkCloud): NodeJS.ProcessEnv {
  return {
    PATH: [join(repositoryRoot, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    // A person's profiles and keys are in their home.
    HOME: join(workDir, 'home'),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate }),
  };
}

/** Runs one `cdk` command. @throws DeployError when it fails or takes longer than its limit. */
export async function runCdk(cloud: CdkCloud, args: readonly string[], limitMs: number): Promise<void> {
  const [step = ''] = args;
  await mkdir(join(workDir, 'home'), { recursive: true });
  const logFile = join(workDir, `${step}.log`);
  const log = await open(logFile, 'w');
  const running = startGuarded([process.execPath, cdkCommand, ...args], {
    cwd: repositoryRoot,
    env: environmentOf(cloud),
    output: log.fd,
  });
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    void running.stop();
  }, limitMs);
  const exitCode = await running.ended;
  clearTimeout(limit);
  await log.close();
  if (exitCode === 0 && !isLate) return;
  const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-25).join('\n');
  const why = isLate ? `did not end within ${limitMs / 1000} s` : `ended with ${exitCode}`;
  throw new DeployError(`cdk ${step} ${why}. It printed last:\n${tail}`);
}

const cdkCommand = join(repositoryRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
