import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { zip } from './zip.ts';

/** What an archive's directory says, each file read where it points. */
function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const from = local + 30 + archive.readUInt16LE(local + 26);
    const contents = inflateRawSync(archive.subarray(from, from + archive.readUInt32LE(at + 20)));
    expect(contents).toHaveLength(archive.readUInt32LE(at + 24));
    files.set(name, contents);
    at += 46 + nameLength;
  }
  expect(at).toBe(end);
  return files;
}

it('holds every file as it was, in any script, empty ones too', () => {
  const entries = [
    { name: 'index.mjs', contents: Buffer.from('export {};\n') },
    { name: 'models/日本/empty', contents: new Uint8Array() },
    { name: 'bytes', contents: Uint8Array.from({ length: 100_000 }, (_, at) => at % 251) },
  ];
  const files = unzip(zip(entries));
  expect([...files]).toEqual(entries.map(({ name, contents }) => [name, Buffer.from(contents)]));
});

it('is the same bytes for the same files', () => {
  const entries = [{ name: 'a', contents: Buffer.from('same') }];
  expect(zip(entries)).toEqual(zip(entries));
});

it('rejects more files than it can count', () => {
  const contents = new Uint8Array();
  expect(() => zip(Array.from({ length: 65_536 }, (_, at) => ({ name: `${at}`, contents })))).toThrow(
    RangeError,
  );
});
