/** A person's own scans: reading, waiting, naming. Another account's scan is as if it did not exist. */
import { OnceoverError } from '../../core/errors.ts';
import { isOpen, parseScanName, type Scan } from '../../core/scan.ts';
import type { ApiPorts } from './ports.ts';
import { unusableName } from './problems.ts';

/** Between two looks while waiting. */
const lookEveryMs = 250;

/** Says whether a person sees this scan; an erased one belongs to nobody. */
export function belongsTo(scan: Scan, accountId: string): boolean {
  return scan.accountId === accountId && scan.state !== 'erased';
}

/** @throws OnceoverError `scan-not-found` */
export async function findOwn(
  ports: Pick<ApiPorts, 'scans'>,
  accountId: string,
  scanId: string,
): Promise<Scan> {
  const scan = await ports.scans.find(scanId);
  if (scan === undefined || !belongsTo(scan, accountId)) throw new OnceoverError('scan-not-found');
  return scan;
}

/** Reads a scan, looking again for up to `waitMs` while it is open. */
export async function readScan(
  ports: Pick<ApiPorts, 'scans' | 'clock' | 'pause'>,
  accountId: string,
  scanId: string,
  waitMs: number,
): Promise<Scan> {
  const until = ports.clock.now() + waitMs;
  let scan = await findOwn(ports, accountId, scanId);
  // Counted as well as timed, so that a clock that stands still ends the wait too.
  for (let waited = 0; waited < waitMs && isOpen(scan) && ports.clock.now() < until; waited += lookEveryMs) {
    await ports.pause(Math.min(lookEveryMs, waitMs - waited));
    scan = await findOwn(ports, accountId, scanId);
  }
  return scan;
}

/** Gives a scan a name of the person's own, or takes it away (null). Answers the scan as it is then. */
export async function renameScan(
  ports: Pick<ApiPorts, 'scans'>,
  accountId: string,
  scanId: string,
  rawName: string | null,
): Promise<Scan> {
  const name = rawName === null ? undefined : parseScanName(rawName);
  if (rawName !== null && name === undefined) throw unusableName();
  if (!(await ports.scans.rename(accountId, scanId, name))) throw new OnceoverError('scan-not-found');
  return findOwn(ports, accountId, scanId);
}
