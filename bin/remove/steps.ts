/**
 * Taking an environment down in the order that keeps the promises to the end: first no more tickets, then whatever is on
 * its way ends and is deleted, then the rest. Over a cloud and a wait that are handed in; asks a person nothing.
 */

/** The cloud that is taken down. */
export interface RemovableCloud {
  /** Names of the environment's stacks that exist. */
  readonly stacks: () => Promise<readonly string[]>;
  /** Resolves when the stack is gone; rejects when it does not go, saying why. */
  readonly removeStack: (name: string) => Promise<void>;
  /** How many objects the upload bucket holds; undefined when there is no bucket. */
  readonly uploads: () => Promise<number | undefined>;
  /** Deletes every object and every unfinished upload of the upload bucket. */
  readonly empty: () => Promise<void>;
  /** Deletes the app's files, without which their bucket cannot go; none is a person's. */
  readonly emptyApp: () => Promise<void>;
}

/** The longest that a photo or a scan may still be at work: the bound of ONE-1 and ONE-2. */
export const settleMs = 300_000;

export class RemovalStopped extends Error {
  override readonly name = 'RemovalStopped';
  readonly code = 'removal-stopped';
}

/** Stacks in the order of their removal: what lets somebody in first, what is kept last. */
export const removalOrder = ['web', 'operations', 'api', 'pipeline', 'data'] as const;

export interface Removal {
  readonly environment: string;
  readonly cloud: RemovableCloud;
  readonly wait: (ms: number) => Promise<void>;
  readonly tell: (what: string) => void;
}

/** Removes it; safe to repeat after it stopped anywhere. @throws RemovalStopped */
export async function removeEnvironment({ environment, cloud, wait, tell }: Removal): Promise<void> {
  const nameOf = (stack: string): string => `onceover-${environment}-${stack}`;
  const there = new Set(await cloud.stacks());
  const remove = async (stack: (typeof removalOrder)[number]): Promise<void> => {
    if (!there.has(nameOf(stack))) return;
    tell(`removing ${nameOf(stack)}`);
    if (stack === 'web') await cloud.emptyApp();
    await cloud.removeStack(nameOf(stack));
  };
  // The alarm that the API is gone would help nobody.
  for (const stack of ['web', 'operations', 'api'] as const) await remove(stack);
  if (there.has(nameOf('pipeline'))) {
    if ((await cloud.uploads()) !== undefined) {
      tell(
        `waiting ${settleMs / 1000} s: upload addresses end, photos on their way are analysed and deleted`,
      );
      await wait(settleMs);
      await emptyBucket(cloud, tell);
    }
    await remove('pipeline');
  }
  await remove('data');
}

async function emptyBucket(cloud: RemovableCloud, tell: Removal['tell']): Promise<void> {
  const left = (await cloud.uploads()) ?? 0;
  if (left > 0) tell(`deleting ${left} objects that the cleaner left: look at its log before it goes`);
  await cloud.empty();
  const still = (await cloud.uploads()) ?? 0;
  if (still > 0) {
    throw new RemovalStopped(
      `the bucket still holds ${still} objects; nothing was removed that could delete them. Run it again.`,
    );
  }
}

/** What AWS keeps when all stacks are gone, and until when. */
export function keptByAws(protectedTables: boolean): readonly string[] {
  return [
    ...(protectedTables
      ? [
          'Tables and their keys, for good: deletionProtection was on, so they were left. Delete them in DynamoDB and KMS when nothing in them is needed.',
          'The user pool, likewise.',
        ]
      : []),
    'Keys of ours: seven days, pending deletion. Until then an administrator can take the deletion back; the data under them is gone anyway.',
    'Secrets: recoverable for 7 to 30 days where Secrets Manager’s own window applies.',
    'Metrics: 15 months in CloudWatch, numbers only, then gone by themselves.',
    'CloudTrail’s event history: 90 days of who managed what. It holds no object’s name.',
    'SES: the suppression list of the account, with addresses that bounced. aws sesv2 list-suppressed-destinations shows it.',
    'What a person made beforehand: the secrets of Stripe, the domain’s identity in SES, the certificate, DNS records.',
    'The CDK’s bootstrap stack and its bucket of packages: other deployments use them.',
    'Stripe keeps what the law asks of it.',
  ];
}
