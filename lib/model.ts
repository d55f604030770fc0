/** The model that a deployment ships, as its manifest names it. Reads one file of the repository. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const manifestSchema = z.object({ name: z.string(), version: z.string() });

/** `NAME VERSION` of a folder of `models/`: the public name that metrics are kept by. */
export function modelLabel(model: string): string {
  const file = fileURLToPath(new URL(`../models/${model}/manifest.json`, import.meta.url));
  const { name, version } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return `${name} ${version}`;
}
