/** The preflight command: settings and account to a list of what is left to do, and an exit code. */
import { parseArgs } from 'node:util';
import { defaultEnvironment, settingsOf } from '../../lib/environments.ts';
import type { Settings } from '../../lib/settings.ts';
import { createAwsCall, NoCredentials } from '../aws/call.ts';
import { viewAccount } from './account.ts';
import { describeChecks, runChecks, type AccountView, type Finding } from './checks.ts';

export const helpText = `Says what a person must do once before a deployment, in order. Reads, and changes nothing.

  npm run preflight [-- ENVIRONMENT]

ENVIRONMENT is a name of lib/environments.ts. Default: ${defaultEnvironment}. Credentials are found as by every AWS tool
(AWS_PROFILE, "aws sso login", ...). Without any, the list says what there is to do and asks nobody.

Exit codes
  0  nothing left to do
  1  something is to do, or could not be asked
  2  wrong usage
  3  no credentials
`;

const marks = { done: '✓', 'to do': '✗', unknown: '?' } as const;

/** Runs the command and resolves with its exit code. `view`, `find`: an account and settings, for tests. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  view: (settings: Settings) => AccountView = ({ region }) =>
    viewAccount(createAwsCall(region, env), createAwsCall('us-east-1', env)),
  find: (environment: string) => Settings = settingsOf,
): Promise<number> {
  let settings: Settings;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      process.stdout.write(helpText);
      return 0;
    }
    if (positionals.length > 1) throw new RangeError('one environment at a time');
    settings = find(positionals[0] ?? defaultEnvironment);
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nSee: npm run preflight -- --help\n`,
    );
    return 2;
  }
  const account = view(settings);
  try {
    const accountId = await account.accountId();
    process.stdout.write(`Environment ${settings.environment}, account ${accountId}, ${settings.region}\n\n`);
  } catch (error) {
    if (!(error instanceof NoCredentials)) throw error;
    process.stdout.write(
      `No AWS credentials were found, so nobody was asked. To look at the account: aws configure sso, aws sso login, and\nAWS_PROFILE=NAME npm run preflight -- ${settings.environment}\n\nWhat there is to do, once and in this order:\n\n`,
    );
    print(describeChecks(settings));
    return 3;
  }
  const findings = await runChecks(settings, account);
  print(findings);
  const left = findings.filter(({ state }) => state !== 'done').length;
  process.stdout.write(
    left === 0
      ? `\nNothing left to do. Deploy: npm run build && npx cdk deploy --all -c environment=${settings.environment}${settings.domain === undefined ? '' : ` && npm run publish:web -- ${settings.environment}`}\n`
      : `\n${left} left. The first deployment sends a mail to alarmAddress: confirm it, or no alarm arrives.\n`,
  );
  return left === 0 ? 0 : 1;
}

function print(findings: readonly Finding[]): void {
  findings.forEach(({ title, state, seen, todo }, at) => {
    process.stdout.write(`${marks[state]} ${at + 1}. ${title}: ${seen}\n`);
    for (const line of todo === '' ? [] : todo.split('\n')) process.stdout.write(`     ${line}\n`);
  });
}
