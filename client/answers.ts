/**
 * Tells an answer of this API from what a proxy, a captive portal or another service would say. Looks at the
 * fields that identify an answer only: the API validates the rest against the contract, and the schemas
 * themselves would bring their library into every page.
 */
import type {
  AccessLog,
  Challenge,
  CheckoutState,
  ConsentsView,
  DeletedScan,
  ErasureView,
  ExportPage,
  FeedbackList,
  Health,
  History,
  Me,
  Messages,
  MessageView,
  PolicyView,
  Problem,
  Purchases,
  Receipt,
  ScanView,
  SessionsView,
  SessionTokens,
  Status,
  Ticket,
} from '../core/contract.ts';
import { errorDescriptions } from '../core/errors.ts';

export function isScan(value: unknown): value is ScanView {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    typeof value['state'] === 'string' &&
    typeof value['message'] === 'string' &&
    typeof value['charged'] === 'boolean'
  );
}

export function isTicket(value: unknown): value is Ticket {
  if (!isRecord(value) || !isScan(value['scan'])) return false;
  const upload = value['upload'];
  return (
    upload === undefined ||
    (isRecord(upload) &&
      typeof upload['url'] === 'string' &&
      typeof upload['expiresAt'] === 'string' &&
      isRecord(upload['headers']))
  );
}

export function isHistory(value: unknown): value is History {
  return isRecord(value) && Array.isArray(value['scans']) && value['scans'].every(isScan);
}

export function isPolicy(value: unknown): value is PolicyView {
  return isRecord(value) && typeof value['product'] === 'string' && isRecord(value['limits']);
}

export function isHealth(value: unknown): value is Health {
  return isRecord(value) && (value['status'] === 'ok' || value['status'] === 'paused');
}

export function isStatus(value: unknown): value is Status {
  return isHealth(value) && 'boundMs' in value && typeof value.boundMs === 'number';
}

/** What deleting a scan did; or the problem of an answer that is as good as one. */
export function isDeletion(value: unknown): value is DeletedScan | Problem {
  return (
    isProblem(value) ||
    (isRecord(value) && typeof value['givenBack'] === 'boolean' && typeof value['message'] === 'string')
  );
}

export function isChallenge(value: unknown): value is Challenge {
  return isRecord(value) && typeof value['challenge'] === 'string' && typeof value['expiresAt'] === 'string';
}

export function isTokens(value: unknown): value is SessionTokens {
  return (
    isRecord(value) &&
    typeof value['accessToken'] === 'string' &&
    typeof value['expiresInSeconds'] === 'number'
  );
}

export function isSessions(value: unknown): value is SessionsView {
  return isRecord(value) && Array.isArray(value['sessions']);
}

export function isMe(value: unknown): value is Me {
  return isRecord(value) && isRecord(value['policy']) && Array.isArray(value['missing']);
}

export function isConsents(value: unknown): value is ConsentsView {
  return isRecord(value) && Array.isArray(value['consents']) && Array.isArray(value['acts']);
}

export function isErasure(value: unknown): value is ErasureView {
  return isRecord(value) && isRecord(value['erasure']) && typeof value['erasure']['reference'] === 'string';
}

export function isMessage(value: unknown): value is MessageView {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['text'] === 'string';
}

export function isMessages(value: unknown): value is Messages {
  return isRecord(value) && Array.isArray(value['messages']) && value['messages'].every(isMessage);
}

export function isFeedback(value: unknown): value is FeedbackList {
  return (
    isRecord(value) &&
    Array.isArray(value['feedback']) &&
    value['feedback'].every(
      (one) => isRecord(one) && typeof one['id'] === 'string' && isRecord(one['answers']),
    )
  );
}

export function isReceipt(value: unknown): value is Receipt {
  return isRecord(value) && typeof value['message'] === 'string';
}

/** An empty answer, or the problem of an answer that is as good as one. */
export function isNothing(value: unknown): value is unknown {
  return value === undefined || isProblem(value);
}

/** A checkout or a receipt: an address at the payment provider. */
export function isAddress(value: unknown): value is { url: string } {
  return isRecord(value) && typeof value['url'] === 'string';
}

export function isCheckoutState(value: unknown): value is CheckoutState {
  return isRecord(value) && typeof value['state'] === 'string';
}

export function isPurchases(value: unknown): value is Purchases {
  return isRecord(value) && Array.isArray(value['purchases']) && typeof value['scansLeft'] === 'number';
}

export function isExportPage(value: unknown): value is ExportPage {
  return (
    isRecord(value) &&
    typeof value['generatedAt'] === 'string' &&
    ['items', 'notShown', 'elsewhere'].every((list) => Array.isArray(value[list]))
  );
}

export function isAccessLog(value: unknown): value is AccessLog {
  return isRecord(value) && Array.isArray(value['entries']);
}

/** Problem details (RFC 9457) with a code that this client knows. */
export function isProblem(value: unknown): value is Problem {
  return (
    isRecord(value) &&
    typeof value['code'] === 'string' &&
    Object.hasOwn(errorDescriptions, value['code']) &&
    typeof value['detail'] === 'string' &&
    typeof value['reference'] === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
