/** Makes the app's icons: `node docs/icons.ts`. The mark is drawn here, and nowhere else but in the app itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const publicDir = fileURLToPath(new URL('../web/public/', import.meta.url));

/** The mark on its ground. `inset` keeps it inside of what a launcher may cut off; `round` rounds the ground. */
function drawing({ inset, round }: { readonly inset: number; readonly round: number }): string {
  const scale = (1 - 2 * inset) * 16;
  const shift = 512 * inset;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="${round}" fill="#0d5b57"/><g transform="translate(${shift} ${shift}) scale(${scale})"><path fill="#f5f1ea" d="M4 16.500C7.3 10.7 11.3 7.9 16 7.900s8.7 2.8 12 8.600c-3.3 5.8-7.3 8.6-12 8.600S7.3 22.3 4 16.500z"/><circle cx="16" cy="16.5" r="5" fill="#0d5b57"/><circle cx="17.7" cy="14.8" r="1.5" fill="#f5f1ea"/></g></svg>\n`;
}

/** Every icon, by file name. */
export async function makeIcons(): Promise<Readonly<Record<string, Buffer>>> {
  const plain = drawing({ inset: 0.06, round: 112 });
  const full = drawing({ inset: 0.16, round: 0 });
  const png = async (svg: string, size: number): Promise<Buffer> =>
    sharp(Buffer.from(svg), { density: 72 })
      .resize(size)
      .png({ compressionLevel: 9, palette: true })
      .toBuffer();
  return {
    'icon.svg': Buffer.from(plain),
    'icon-180.png': await png(drawing({ inset: 0.08, round: 0 }), 180),
    'icon-192.png': await png(plain, 192),
    'icon-512.png': await png(plain, 512),
    'icon-512-maskable.png': await png(full, 512),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, bytes] of Object.entries(await makeIcons())) writeFileSync(join(publicDir, name), bytes);
}
