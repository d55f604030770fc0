/**
 * Requests by authorities (CAL-14): one person opens each under counsel's reference and names the classes that it covers;
 * another one, within a week, has it answered with those classes and nothing else, once. Results are never among them.
 */
import type { AuthorityRequest, AuthorityRequests, HoldingsStore, KeptIn } from '../../core/people-ports.ts';
import type { Policy } from '../../core/policy.ts';
import { classOfTable } from '../../core/policy.ts';
import type { AccountStore, Clock, Ids } from '../../core/ports.ts';
import { authorityLivesMs, type StaffAnswer, type StaffRequest } from '../../core/staff.ts';
import { tables, type TableName } from '../../core/tables.ts';
import { viewKept } from '../../core/view-kept.ts';

interface AuthorityPorts {
  readonly authorities: AuthorityRequests;
  readonly accounts: AccountStore;
  readonly holdings: HoldingsStore;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Writes it down; nothing of the account is read but that it exists. */
export async function openAuthorityRequest(
  ports: AuthorityPorts,
  request: Extract<StaffRequest, { action: 'authority-open' }>,
  staff: string,
): Promise<StaffAnswer> {
  const { accountId, authority, counselReference, classes } = request;
  if ((await ports.accounts.find(accountId)) === undefined) return { ok: false, code: 'not-found' };
  const requestId = ports.ids.next();
  await ports.authorities.add({
    requestId,
    accountId,
    authority,
    counselReference,
    classes: [...new Set(classes)],
    openedBy: staff,
    openedAt: ports.clock.now(),
    state: 'open',
  });
  return { ok: true, answer: { requestId } };
}

/** `noted`: the row about the account, written before anything of it is read. */
export async function answerAuthority(
  ports: AuthorityPorts,
  requestId: string,
  staff: string,
  noted: (about: { readonly accountId: string }) => Promise<void>,
): Promise<StaffAnswer> {
  const request = await ports.authorities.find(requestId);
  if (request === undefined || !isOpen(request, ports.clock.now()))
    return { ok: false, code: 'no-such-case' };
  if (request.openedBy === staff) return { ok: false, code: 'second-person-needed' };
  const { accountId, classes, authority, counselReference } = request;
  await noted({ accountId });
  const account = await ports.accounts.find(accountId);
  if (account === undefined) return { ok: false, code: 'not-found' };
  const asked = tablesOf(ports.policy, classes);
  const items: KeptIn[] = [];
  let after: string | undefined;
  do {
    const page = await ports.holdings.page(account, after, ports.clock.now(), asked);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  const decision = {
    state: 'answered',
    decidedBy: staff,
    decidedAt: ports.clock.now(),
    disclosed: items.length,
  } as const;
  // Only now, and once: whoever comes second is answered nothing.
  if (!(await ports.authorities.decide(requestId, decision))) return { ok: false, code: 'no-such-case' };
  const disclosed = items.map((kept) => {
    const { dataClass, table, kind, item } = viewKept(ports.policy, kept);
    return { dataClass, table, kind, item };
  });
  return { ok: true, answer: { authority, counselReference, disclosed } };
}

/** One person is enough to say no. */
export async function refuseAuthority(
  ports: AuthorityPorts,
  requestId: string,
  staff: string,
): Promise<StaffAnswer> {
  const decidedAt = ports.clock.now();
  const decision = { state: 'refused', decidedBy: staff, decidedAt, disclosed: 0 } as const;
  return (await ports.authorities.decide(requestId, decision))
    ? { ok: true, answer: { requestId, state: 'refused' } }
    : { ok: false, code: 'no-such-case' };
}

/** Nothing else is read. */
function tablesOf(policy: Policy, classes: AuthorityRequest['classes']): ReadonlySet<TableName> {
  return new Set(
    tables.map(({ name }) => name).filter((name) => classes.includes(classOfTable(policy, name).dataClass)),
  );
}

function isOpen({ state, openedAt }: AuthorityRequest, now: number): boolean {
  return state === 'open' && now - openedAt <= authorityLivesMs;
}
