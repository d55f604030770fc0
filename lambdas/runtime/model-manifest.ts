/** The manifest of the chosen model, beside the bundle. Read once at start; the graph itself is not looked at. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEvaluated } from '../../core/model/evaluation.ts';
import { parseManifest, type Manifest } from '../../core/model/manifest.ts';

/** What can be said of a model without running it. */
export interface KnownModel {
  readonly manifest: Manifest;
  readonly evaluated: boolean;
}

/**
 * Reads `manifest.json` from a folder.
 *
 * @throws Error when it is not there, not valid, or not of the digest that the deployment was made for.
 */
export function readKnownModel(modelDir: string, pinnedDigest?: string): KnownModel {
  const manifest = parseManifest(JSON.parse(readFileSync(join(modelDir, 'manifest.json'), 'utf8')));
  if (pinnedDigest !== undefined && manifest.sha256 !== pinnedDigest) {
    throw new Error(
      `the manifest of ${manifest.name} names the digest ${manifest.sha256}, and this deployment was made for ${pinnedDigest}. Deploy again to use another model.`,
    );
  }
  const evaluated = isEvaluated(manifest, (text) => createHash('sha256').update(text).digest('hex'));
  return { manifest, evaluated };
}
