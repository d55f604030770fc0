/**
 * What staff may do (CAL-12): nothing before it is proven who asks and in which role, and a row says who asked for what and
 * why. A request that is not of the closed list is refused before anything is read; one that the role may not make leaves a
 * row too.
 */
import type { AuditBooks, AuditLog, AuditRow, StaffIdentity } from '../../core/people-ports.ts';
import type { Clock, Ids } from '../../core/ports.ts';
import {
  mostAccountsAnHour,
  staffActions,
  staffEventSchema,
  staffRequestSchema,
  type StaffAnswer,
  type StaffRefusal,
  type StaffRequest,
} from '../../core/staff.ts';
import type { Log } from '../runtime/log.ts';
import { perform, type Noted, type PerformPorts } from './perform.ts';

export interface StaffPorts extends PerformPorts {
  readonly identity: StaffIdentity;
  readonly audit: AuditLog & AuditBooks;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

const hourMs = 60 * 60 * 1000;

/** Does one thing that somebody of the staff asked for. */
export async function actForStaff(ports: StaffPorts, event: unknown): Promise<StaffAnswer> {
  const parsed = staffEventSchema.safeParse(event);
  if (!parsed.success) return invalid(ports, ['request', 'proof']);
  const { request: text, proof } = parsed.data;
  const request = staffRequestSchema.safeParse(readJson(text));
  if (!request.success) {
    const fields = request.error.issues.map(({ path }) => path.map(String).join('.') || 'request');
    return invalid(ports, [...new Set(fields)]);
  }
  const who = await ports.identity.verify(proof, text);
  if (who === undefined) {
    ports.log.warn('staff-refused');
    return { ok: false, code: 'not-identified' };
  }
  const { action, reason, note } = request.data;
  const noted: Noted = async (more = {}) => {
    await ports.audit.record({
      auditId: ports.ids.next(),
      at: ports.clock.now(),
      ...who,
      action,
      reason,
      note,
      ...more,
    });
  };
  const refusal = await refusalOf(ports, who, request.data);
  // First: what cannot be written down is not done.
  await noted(refusal === undefined ? aboutOf(request.data) : { refused: refusal });
  if (refusal !== undefined) {
    ports.log.warn('staff-refused', { action });
    return { ok: false, code: refusal };
  }
  ports.log.info('staff-acted', { action });
  const answer = await perform(ports, request.data, who.staff, noted);
  // The row above says what was asked for; this one, that it led to nothing.
  if (!answer.ok) await noted({ refused: answer.code });
  return answer;
}

function invalid({ log }: Pick<StaffPorts, 'log'>, fields: readonly string[]): StaffAnswer {
  log.warn('staff-refused');
  return { ok: false, code: 'invalid-request', fields };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function aboutOf(request: StaffRequest): Pick<AuditRow, 'accountId'> {
  return 'accountId' in request ? { accountId: request.accountId } : {};
}

/** The role is another one's, or one person looks at more accounts in an hour than work explains. */
async function refusalOf(
  ports: Pick<StaffPorts, 'audit' | 'clock'>,
  { staff, category }: Pick<AuditRow, 'staff' | 'category'>,
  request: StaffRequest,
): Promise<StaffRefusal | undefined> {
  if (staffActions[request.action].category !== category) return 'forbidden';
  if (!('accountId' in request)) return undefined;
  const now = ports.clock.now();
  const days = new Set([now - hourMs, now].map((at) => new Date(at).toISOString().slice(0, 10)));
  const rows = (await Promise.all([...days].map((day) => ports.audit.rowsOf(day)))).flat();
  const seen = new Set(
    rows
      .filter((row) => row.staff === staff && row.at > now - hourMs && row.accountId !== undefined)
      .map(({ accountId }) => accountId),
  );
  return seen.has(request.accountId) || seen.size < mostAccountsAnHour ? undefined : 'too-many-accounts';
}
