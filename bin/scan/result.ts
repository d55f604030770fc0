/** What became of one photo, as the command knows it; and of the whole run, as an exit code. */
import type { ScanView } from '../../core/contract.ts';
import type { ClientErrorCode } from '../../client/error.ts';

/** A photo that never became a scan, or whose scan was lost sight of. */
export interface Refusal {
  readonly code: ClientErrorCode | 'unreadable-file';
  readonly message: string;
  readonly status?: number;
  readonly reference?: string;
}

export type PhotoResult =
  | { readonly photo: string; readonly kind: 'ended'; readonly scan: ScanView }
  | { readonly photo: string; readonly kind: 'refused'; readonly refusal: Refusal };

/** Codes after which asking for another photo would only bring the same answer. */
const stopping: { readonly [C in ClientErrorCode]?: 'limit' | 'unreachable' } = {
  'no-scans-left': 'limit',
  'too-many-scans': 'limit',
  'account-inactive': 'limit',
  'adults-only': 'limit',
  'consent-required': 'limit',
  'cleaner-not-alive': 'limit',
  unauthenticated: 'unreachable',
  network: 'unreachable',
  timeout: 'unreachable',
  'unexpected-answer': 'unreachable',
};

/** Why no other photo is asked for after this one; undefined to go on. */
export function stopOf(result: PhotoResult): 'limit' | 'unreachable' | undefined {
  if (result.kind === 'ended' || result.refusal.code === 'unreadable-file') return undefined;
  return stopping[result.refusal.code];
}

export const exitCodes = {
  allLookedAt: 0,
  someNot: 1,
  usage: 2,
  unreachable: 3,
  interrupted: 130,
} as const;

/** Whether the photo was looked at, whatever the model could tell. */
export function isLookedAt(result: PhotoResult): boolean {
  return (
    result.kind === 'ended' && (result.scan.state === 'completed' || result.scan.state === 'inconclusive')
  );
}

/** The exit code of a run that was not interrupted. `undone`: photos that were never asked about. */
export function exitCodeOf(results: readonly PhotoResult[], undone: number): number {
  if (results.some((result) => stopOf(result) === 'unreachable')) return exitCodes.unreachable;
  return results.every(isLookedAt) && undone === 0 ? exitCodes.allLookedAt : exitCodes.someNot;
}
