/** What is in a packaged function. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { expect } from 'vitest';

export interface PackagedFile {
  /** From the package's root, `/` between folders. */
  readonly path: string;
  readonly bytes: number;
}

/** Every file, sorted by path. */
export async function contentsOf(dir: string): Promise<readonly PackagedFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (file) => ({
      path: relative(dir, file).split(sep).join('/'),
      bytes: (await stat(file)).size,
    })),
  );
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths that name another system or architecture than Linux on the given one. */
export function foreignFiles(
  files: readonly PackagedFile[],
  architecture: 'x64' | 'arm64',
): readonly string[] {
  const other = architecture === 'x64' ? 'arm64' : 'x64';
  const foreign = new RegExp(`darwin|win32|musl|freebsd|[/-]${other}[/.-]|\\.(dll|dylib|exe)$`);
  return files.map(({ path }) => path).filter((path) => foreign.test(path));
}

/** Paths of what a processor runs by itself, and of WebAssembly. */
export function nativeFiles(files: readonly PackagedFile[]): readonly string[] {
  return files.map(({ path }) => path).filter((path) => /\.(node|wasm)$|\.so(\.\d+)*$/.test(path));
}

/** What `nativeFiles` of analyze's package must be: matchers, since versions are in the names. */
export function expectedNativeFiles(architecture: 'x64' | 'arm64'): readonly unknown[] {
  const onnxruntime = `^node_modules/onnxruntime-node/bin/napi-v\\d+/linux/${architecture}/`;
  const sharp = `-linux-${architecture}/lib/`;
  return [
    'libheif/libheif-wasm/libheif.wasm',
    expect.stringMatching(`^node_modules/@img/sharp-libvips${sharp}libvips-cpp\\.so\\.[\\d.]+$`),
    expect.stringMatching(`^node_modules/@img/sharp${sharp}sharp-linux-${architecture}-[\\d.]+\\.node$`),
    expect.stringMatching(`${onnxruntime}libonnxruntime\\.so\\.\\d+$`),
    expect.stringMatching(`${onnxruntime}onnxruntime_binding\\.node$`),
  ];
}
