/** Which files a path means, and what their content is called. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentTypeOf } from '../../bin/scan/content-type.ts';
import { readFixture } from '../fixtures/index.ts';
import { findPhotos } from '../../bin/scan/find-photos.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-find-'));
  await mkdir(at('inner/deeper'), { recursive: true });
  await mkdir(at('without'));
  const names = [
    'b.JPG',
    'inner/a.png',
    'inner/deeper/c.heic',
    'notes.txt',
    '.hidden.jpg',
    'without/notes.md',
  ];
  await Promise.all(names.map(async (name) => writeFile(at(name), '')));
  await symlink('..', at('inner/circle'));
});
afterAll(async () => rm(folder, { recursive: true }));

describe('finding photos', () => {
  it('takes the images of a folder and of the folders in it, without going round in circles', async () => {
    const photos = ['b.JPG', 'inner/a.png', 'inner/deeper/c.heic'].map(at);
    expect(await findPhotos([folder])).toEqual({ ok: true, photos });
  });

  it('takes a file that is named whatever it is called, and each file once', async () => {
    const found = await findPhotos([at('notes.txt'), at('inner'), at('inner/a.png')]);
    const photos = ['notes.txt', 'inner/a.png', 'inner/deeper/c.heic'].map(at);
    expect(found).toEqual({ ok: true, photos });
  });

  it.each([
    ['gone.jpg', 'there is no such file or folder.'],
    ['notes.txt/gone.jpg', 'there is no such file or folder.'],
    ['without', 'no image in this folder.'],
  ])('rejects %s with a sentence', async (name, sentence) => {
    expect(await findPhotos([at(name)])).toEqual({ ok: false, message: `${at(name)}: ${sentence}` });
  });

  it('rejects what is neither a file nor a folder', async () => {
    expect(await findPhotos(['/dev/null'])).toEqual({
      ok: false,
      message: '/dev/null: neither a file nor a folder.',
    });
  });
});

it('calls a photo what its first bytes say, then what its extension says, then nothing in particular', () => {
  const webp = Buffer.from('RIFF\0\0\0\0WEBPVP8 ');
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const text = Buffer.from('no image');
  expect(contentTypeOf('a.jpg', png)).toBe('image/png');
  expect(contentTypeOf('a', webp)).toBe('image/webp');
  expect(contentTypeOf('a', Buffer.from([0xff, 0xd8, 0xff]))).toBe('image/jpeg');
  expect(contentTypeOf('a.JPG', text)).toBe('image/jpeg');
  expect(contentTypeOf('a.jpg', readFixture('heic-in-jpg'))).toBe('image/heic');
  expect(contentTypeOf('a.heic', readFixture('avif-heic-brand'))).toBe('image/avif');
  expect(contentTypeOf('a', readFixture('heic-sequence'))).toBe('image/heif');
  expect(contentTypeOf('a.txt', text)).toBe('application/octet-stream');
});
