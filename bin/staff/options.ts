/** What the command line of `npm run staff` asks for: one request to the staff function. */
import { parseArgs } from 'node:util';
import {
  disclosableClasses,
  staffActionNames,
  staffActions,
  staffNamePattern,
  staffRequestSchema,
  type StaffAction,
  type StaffRequest,
} from '../../core/staff.ts';
import type { Asker } from './ask.ts';

export const helpText = `What staff may do, always through the staff function, which first writes down who asked for what and why.
Who asks, and in which role, is proven by a session of that role; the person sees what was asked about them and why.

  npm run staff -- COMMAND --as NAME --reason CODE --note TEXT

Support
  find EMAIL                      The account that an address signs in to.
  account ACCOUNT                 Its state, language and what it accepted.
  inbox                           Messages that nobody answered yet, oldest first: whose, which, when.
  messages ACCOUNT                The messages of one account, with their answers.
  answer ACCOUNT MESSAGE TEXT     Answer one message: it stands in the person's list and goes out by mail.
  surveys                         Answers to surveys, newest first: whose, which, when.
  feedback ACCOUNT                What one account answered.
  reports                         Reports of security problems.
Billing
  transactions ACCOUNT            What one account bought. A payment at Stripe names its account.
  refund ACCOUNT PAYMENT          Send the money back; what is unused can then not be used.
Product
  usage --since DAY               How often what was done, of all people together. (As a table: npm run usage.)
Privacy officer
  audit --since DAY [--until DAY] Who of the staff asked for what and why, anomalies first. Of more rows than an answer
                                  holds the newest; leftOut says how many are not shown: ask for fewer days.
  minors                          Accounts that were reported as a minor's and that nobody decided about.
  minor ACCOUNT                   What was reported.
  confirm-minor ACCOUNT           It is a minor's: everything of the account is erased.
  reject-minor ACCOUNT            It is not: the account may be used again.
  authority-open ACCOUNT AUTHORITY COUNSEL CLASSES
                                  An authority asks: which one, counsel's reference, and what for, of
                                  ${disclosableClasses.join(',')}.
  authority-list                  What was asked for, by whom it was opened and decided.
  authority-answer REQUEST        Another person than who opened it: hands over those classes and nothing else, once.
  authority-refuse REQUEST        Nothing is handed over.
On call
  operations                      Whether the cleaner lives, and events of the payment provider that were set aside.

Options
  --as NAME           Who you are: the name of your role's session (or ONCEOVER_STAFF). On AWS, your IAM user's name.
  --reason CODE       Why, for the person to read. Not needed where a command has one reason only. One of
                      person-asked, message-waiting, payment-question, payment-dispute, minor-reported,
                      security-reported, authority-request, regular-audit, feedback-review, product-review,
                      incident.
  --note TEXT         Why, in a sentence of 10 characters or more: kept for the audit.
  --since DAY         For audit and usage: YYYY-MM-DD.
  --until DAY         For audit: the last day. Default: today.
  --api URL           A system on this machine. Default: http://127.0.0.1:4747
  --environment NAME  An environment on AWS instead, with the credentials that every AWS tool finds.
  --region REGION     Its region. Default: AWS_REGION, else us-east-1
  --mfa-serial ARN    Your second factor, where your session has none yet, and
  --mfa-code CODE     its present code.
  --help              This text.

The answer is JSON on stdout. Exit codes
  0    done
  1    refused, or there is no such thing
  2    wrong usage
  3    the system cannot be reached
`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | { readonly kind: 'ask'; readonly asker: Asker; readonly request: StaffRequest };

/** What each command takes after its name. */
const operands: Readonly<Record<StaffAction, readonly string[]>> = {
  find: ['email'],
  account: ['accountId'],
  inbox: [],
  messages: ['accountId'],
  answer: ['accountId', 'messageId', 'text'],
  surveys: [],
  feedback: ['accountId'],
  reports: [],
  transactions: ['accountId'],
  refund: ['accountId', 'paymentIntentId'],
  usage: [],
  audit: [],
  minors: [],
  minor: ['accountId'],
  'confirm-minor': ['accountId'],
  'reject-minor': ['accountId'],
  'authority-open': ['accountId', 'authority', 'counselReference', 'classes'],
  'authority-list': [],
  'authority-answer': ['requestId'],
  'authority-refuse': ['requestId'],
  operations: [],
};

/** Options that say which system is asked, and by whom. */
export const askerOptions = {
  as: { type: 'string' },
  api: { type: 'string', default: 'http://127.0.0.1:4747' },
  environment: { type: 'string' },
  region: { type: 'string' },
  'mfa-serial': { type: 'string' },
  'mfa-code': { type: 'string' },
} as const;

interface AskerValues {
  readonly as?: string | undefined;
  readonly api: string;
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly 'mfa-serial'?: string | undefined;
  readonly 'mfa-code'?: string | undefined;
}

/** Who asks which system; a sentence where something is missing. */
export function askerOf(
  values: AskerValues,
  env: Readonly<Record<string, string | undefined>>,
): Asker | string {
  const staff = values.as ?? env['ONCEOVER_STAFF'];
  if (staff === undefined || !staffNamePattern.test(staff)) {
    return '--as takes your name: small letters, digits, dots and hyphens.';
  }
  const { environment, 'mfa-serial': serial, 'mfa-code': code } = values;
  if (environment !== undefined && !/^[a-z][a-z0-9-]{1,15}$/.test(environment)) {
    return '--environment takes the name of an environment of lib/environments/.';
  }
  if ((serial === undefined) !== (code === undefined)) return '--mfa-serial and --mfa-code belong together.';
  return {
    staff,
    target:
      environment === undefined
        ? { kind: 'local', apiUrl: values.api.replace(/\/+$/, '') }
        : { kind: 'aws', environment, region: values.region ?? env['AWS_REGION'] ?? 'us-east-1' },
    ...(serial === undefined || code === undefined ? {} : { mfa: { serial, code } }),
  };
}

/** Turns arguments into a command; every mistake becomes a sentence. */
export function parseCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...askerOptions,
        reason: { type: 'string' },
        note: { type: 'string' },
        since: { type: 'string' },
        until: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'usage', message: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  const [asked = '', ...given] = positionals;
  const action = staffActionNames.find((one) => one === asked);
  if (action === undefined) return { kind: 'usage', message: `There is no command "${asked}".` };
  const wanted = operands[action];
  if (given.length !== wanted.length) {
    return { kind: 'usage', message: `"${action}" takes ${wanted.join(', ') || 'nothing more'}.` };
  }
  const asker = askerOf(values, env);
  if (typeof asker === 'string') return { kind: 'usage', message: asker };
  const { reasons } = staffActions[action];
  const request = staffRequestSchema.safeParse({
    action,
    reason: values.reason ?? (reasons.length === 1 ? reasons[0] : undefined),
    note: values.note,
    ...(values.since === undefined ? {} : { since: values.since }),
    ...(values.until === undefined ? {} : { until: values.until }),
    ...Object.fromEntries(
      wanted.map((name, at) => [name, name === 'classes' ? given[at]?.split(',') : given[at]]),
    ),
  });
  if (!request.success) {
    const [issue] = request.error.issues;
    const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
    return { kind: 'usage', message: whatIsWrong(action, String(field)) };
  }
  return { kind: 'ask', asker, request: request.data };
}

function whatIsWrong(action: StaffAction, field: string): string {
  if (field === 'reason')
    return `--reason takes one of ${staffActions[action].reasons.join(', ')} for "${action}".`;
  if (field === 'note') return '--note takes a sentence of 10 to 500 characters: why you need this.';
  if (field === 'since') return `--since takes a day, YYYY-MM-DD, for audit and usage alone.`;
  if (field === 'until') return '--until takes a day, YYYY-MM-DD, for audit alone.';
  if (field === 'classes') return `CLASSES are some of ${disclosableClasses.join(',')}.`;
  return `"${field}" has not the form that it must have.`;
}
