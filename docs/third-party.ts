/**
 * Writes THIRD-PARTY-NOTICES.md: every package that a running onceover may contain, with version, licence and
 * source. `node docs/third-party.ts` writes it, `--check` exits 1 when it is out of date; a test compares too.
 *
 * The list comes from the lock file, so that it is the same on every machine, whatever npm installed there. It must
 * not name the registry a lock file was made with.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const root = new URL('../', import.meta.url);
const noticesFile = new URL('THIRD-PARTY-NOTICES.md', root);

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string(), license: z.string().optional(), dev: z.boolean().optional() }),
  ),
});
const manifest = z.object({
  repository: z.union([z.string(), z.object({ url: z.string() })]),
});

/** Packages that npm installs on some platforms only, so that their own package.json may not be there to ask. */
const sourceByPrefix = [
  ['@img/sharp-libvips-', 'https://github.com/lovell/sharp-libvips'],
  ['@img/sharp-', 'https://github.com/lovell/sharp'],
  ['@emnapi/', 'https://github.com/toyobayashi/emnapi'],
] as const;

const introduction = `# Third-party notices

Made by \`node docs/third-party.ts\` from package-lock.json; do not edit by hand.

onceover is licensed under the Apache License 2.0 (see [LICENSE](LICENSE)). At run time it may contain the packages
below; npm installs each from its own distribution, unmodified, and each carries its licence text and its copyright
notices in its own folder under \`node_modules\`. Packages with a platform in their name are installed on that
platform only. Packages that serve development and tests alone are not listed.

Some packages bring libraries with licences of their own:

- \`@img/sharp-libvips-*\` and the Windows and WebAssembly builds of \`@img/sharp-*\` contain libvips
  (LGPL-3.0-or-later) and the libraries that it is built with, unmodified, in files that can be replaced; their list is
  at https://github.com/lovell/sharp-libvips/blob/main/THIRD-PARTY-NOTICES.md.
- \`libheif-js\` is libheif with its decoder (LGPL-3.0), unmodified, compiled to WebAssembly in files that can be
  replaced.
- \`onnxruntime-node\` contains ONNX Runtime (MIT); its list is at
  https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt.

| package | version | licence | source |
|---|---|---|---|
`;

/** The notices as they should be. Throws naming the package that states no licence or no source. */
export async function renderNotices(): Promise<string> {
  const { packages } = lockFile.parse(JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8')));
  const rows = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(async ([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      if (license === undefined) throw new Error(`${name} states no licence in package-lock.json`);
      return `| ${name} | ${version} | ${license} | ${await sourceOf(name, path)} |`;
    });
  return `${introduction}${(await Promise.all(rows)).join('\n')}\n`;
}

async function sourceOf(name: string, path: string): Promise<string> {
  const known = sourceByPrefix.find(([prefix]) => name.startsWith(prefix));
  if (known !== undefined) return known[1];
  const { repository } = manifest.parse(
    JSON.parse(await readFile(new URL(`${path}/package.json`, root), 'utf8')),
  );
  return webAddress(typeof repository === 'string' ? repository : repository.url);
}

/** The forms of package.json's `repository`, as an address that a browser opens. */
function webAddress(repository: string): string {
  const short = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(repository)?.[1];
  if (short !== undefined) return `https://github.com/${short}`;
  return repository
    .replace(/^git\+/, '')
    .replace(/^git:\/\//, 'https://')
    .replace(/^(?:ssh:\/\/)?git@github\.com[:/]/, 'https://github.com/')
    .replace(/\.git$/, '');
}

if (import.meta.main) {
  const fresh = await renderNotices();
  if (!process.argv.includes('--check')) await writeFile(noticesFile, fresh);
  else if ((await readFile(noticesFile, 'utf8').catch(() => '')) !== fresh) {
    console.error('THIRD-PARTY-NOTICES.md is out of date: run "node docs/third-party.ts".');
    process.exitCode = 1;
  }
}
