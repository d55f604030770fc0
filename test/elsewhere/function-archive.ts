/** A function's deployment package, native files and all, as the archive that Lambda takes. Installs nothing. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionDefinition } from '../../lib/functions.ts';
import { packageFunction } from '../../lib/package.ts';
import type { Architecture } from '../../lib/settings.ts';
import { zip } from './zip.ts';

/** An emulator on this machine runs functions on it, or in containers of its architecture. */
export const architecture: Architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** Packages the function afresh, into a folder of this suite's own, and packs it. */
export async function archiveFunction(definition: FunctionDefinition): Promise<Buffer> {
  const folder = fileURLToPath(new URL(`../../.build/elsewhere/${definition.name}`, import.meta.url));
  await packageFunction(definition, architecture, folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return zip(
    await Promise.all(
      files.toSorted().map(async (file) => ({
        name: relative(folder, file).split(sep).join('/'),
        contents: await readFile(file),
      })),
    ),
  );
}
