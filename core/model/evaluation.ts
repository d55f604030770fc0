/**
 * Whether a model has been measured: on which photos, when, and for exactly which file and rules. Pure. A model
 * that has not may say nothing of a photo but that it cannot tell.
 */
import type { Finding, ModelIdentity } from '../outcome.ts';
import type { Manifest } from './manifest.ts';

/** SHA-256 of a text, lower-case hex. */
export type Hash = (text: string) => string;

/** Everything of a manifest that decides a result, as one text: another text is another decision. */
export function rulesText({ input, outputs, gates, decision }: Manifest): string {
  return JSON.stringify(sorted({ input, outputs, gates, decision }));
}

/** Whether the manifest's evaluation was made for this file and these rules. */
export function isEvaluated(manifest: Manifest, hash: Hash): boolean {
  const { evaluation, sha256 } = manifest;
  return (
    evaluation !== undefined && evaluation.model === sha256 && evaluation.rules === hash(rulesText(manifest))
  );
}

const mark = '+not-evaluated';

/** The identity that results name; that of an unevaluated model says so (as build metadata of its version). */
export function identityOf({ name, version, sha256 }: Manifest, evaluated: boolean): ModelIdentity {
  return { name, version: evaluated ? version : `${version}${mark}`, digest: sha256 };
}

/** Whether a result was made by a model that had been evaluated. */
export function namesEvaluated({ version }: Pick<ModelIdentity, 'version'>): boolean {
  return !version.endsWith(mark);
}

/** What an unevaluated model may say where people rely on it: that it cannot tell. */
export function withoutBand(finding: Finding): Finding {
  return finding.kind === 'completed' ? { kind: 'inconclusive', reason: 'not-evaluated' } : finding;
}

/** The same value with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}
