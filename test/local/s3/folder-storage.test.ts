import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderStorage } from '../../../local/s3/folder-storage.ts';
import type { StoredObject } from '../../../local/s3/storage.ts';
import { givenFolder } from '../data/given.ts';

const anObject = (key: string, text = 'the bytes\nof a photo'): StoredObject => ({
  key,
  bytes: Buffer.from(text),
  contentType: 'image/jpeg',
  etag: 'e'.repeat(32),
  lastModifiedAt: 1_795_000_000_123,
  checksums: new Map([['x-amz-checksum-sha256', 'c3Vt']]),
});
const anUpload = { uploadId: '00ab', key: 'big', contentType: 'image/png', initiatedAt: 5, parts: new Map() };
const aPart = { bytes: Buffer.from('part'), etag: 'f'.repeat(32), checksums: new Map<string, string>() };

/** Every file below a folder, with its content. */
function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file, readFileSync(file)]));
}

describe('objects in a folder', () => {
  test('are found again to the byte, whatever their keys are', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    const objects = ['a/b', '../up', 'ü'.repeat(400), '.', 'A', 'a'].map((key) => anObject(key, `of ${key}`));
    for (const object of objects) storage.put(object);
    const again = folderStorage(folder);
    expect(again.list('')).toEqual(storage.list(''));
    expect(again.list('')).toHaveLength(objects.length);
    expect(again.get('../up')).toEqual(objects[1]);
  });

  test('belong to their owner alone and leave nothing when they are deleted', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    storage.put(anObject('one'));
    storage.put(anObject('two'));
    storage.announced('two');
    for (const file of filesIn(folder).keys()) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'objects')).mode & 0o777).toBe(0o700);
    for (const key of ['one', 'two', 'never there']) storage.delete(key);
    expect(filesIn(folder).size).toBe(0);
    expect(folderStorage(folder).list('')).toEqual([]);
  });

  test('are the later ones when a key was written twice, announced or not', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    storage.put(anObject('key', 'first'));
    storage.announced('key');
    storage.put(anObject('key', 'second'));
    expect(folderStorage(folder).get('key')).toEqual(anObject('key', 'second'));
    expect(filesIn(folder).size).toBe(1);
    const again = folderStorage(folder);
    again.announced('key');
    expect(folderStorage(folder).get('key')).toEqual(anObject('key', 'second'));
    again.delete('key');
    expect(filesIn(folder).size).toBe(0);
  });

  test('wait for their announcement across restarts, and no longer', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    for (const key of ['told', 'untold', 'deleted']) storage.put(anObject(key));
    storage.announced('told');
    storage.delete('deleted');
    storage.announced('deleted');
    const again = folderStorage(folder);
    expect(again.unannounced()).toEqual([anObject('untold')]);
    again.announced('untold');
    expect(folderStorage(folder).unannounced()).toEqual([]);
    expect(folderStorage(folder).list('')).toHaveLength(2);
  });

  test('cut off anywhere are removed at the start', () => {
    const folder = givenFolder();
    folderStorage(folder).put(anObject('key'));
    const [[file, whole] = ['', Buffer.alloc(0)]] = filesIn(folder);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      expect(folderStorage(folder).list('')).toEqual([]);
      expect(filesIn(folder).size).toBe(0);
    }
    writeFileSync(file, whole);
    expect(folderStorage(folder).list('')).toEqual([anObject('key')]);
  });

  test('with a changed byte are removed at the start', () => {
    const folder = givenFolder();
    folderStorage(folder).put(anObject('key'));
    const [[file, whole] = ['', Buffer.alloc(0)]] = filesIn(folder);
    whole.writeUInt8(whole.readUInt8(whole.length - 1) ^ 1, whole.length - 1);
    writeFileSync(file, whole);
    expect(folderStorage(folder).list('')).toEqual([]);
    expect(filesIn(folder).size).toBe(0);
  });

  test('under a temporary name were never there', () => {
    const folder = givenFolder();
    folderStorage(folder);
    writeFileSync(join(folder, 'objects', 'abc.new.123.tmp'), 'half');
    expect(folderStorage(folder).list('')).toEqual([]);
    expect(filesIn(folder).size).toBe(0);
  });
});

describe('unfinished uploads in a folder', () => {
  test('are found again with their parts, the later of two with one number', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    storage.putUpload(anUpload);
    storage.putPart('00ab', 2, { ...aPart, bytes: Buffer.from('earlier') });
    storage.putPart('00ab', 2, aPart);
    storage.putPart('00ab', 10, aPart);
    const expected = {
      ...anUpload,
      parts: new Map([
        [2, aPart],
        [10, aPart],
      ]),
    };
    expect(storage.upload('00ab')).toEqual(expected);
    expect(folderStorage(folder).listUploads()).toEqual([expected]);
  });

  test('leave nothing when they are deleted, and a killed deletion is finished at the start', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    storage.putUpload(anUpload);
    storage.putPart('00ab', 1, aPart);
    storage.deleteUpload('00ab');
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
    mkdirSync(join(folder, 'uploads', '00cd'));
    writeFileSync(join(folder, 'uploads', '00cd', '1.part'), 'left');
    expect(folderStorage(folder).listUploads()).toEqual([]);
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  });

  test('lose a part that is not whole, and nothing else', () => {
    const folder = givenFolder();
    const storage = folderStorage(folder);
    storage.putUpload(anUpload);
    storage.putPart('00ab', 1, aPart);
    writeFileSync(join(folder, 'uploads', '00ab', '2.part'), 'half');
    expect(folderStorage(folder).listUploads()).toEqual([{ ...anUpload, parts: new Map([[1, aPart]]) }]);
  });
});
