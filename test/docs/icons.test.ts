/** The committed icons against the script that makes them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { makeIcons } from '../../docs/icons.ts';
import { root } from './pages.ts';

/** Mean difference of a channel that two versions of a rasteriser may make, of 255. */
const tolerance = 1;

it('are what the script makes', async () => {
  for (const [name, bytes] of Object.entries(await makeIcons())) {
    const committed = await readFile(join(root, 'web', 'public', name));
    const [fresh, kept] = await Promise.all(
      [bytes, committed].map(async (one) => sharp(one).raw().toBuffer()),
    );
    expect(kept?.byteLength, name).toBe(fresh?.byteLength);
    const difference = [...(fresh ?? [])].reduce(
      (sum, value, at) => sum + Math.abs(value - (kept?.[at] ?? 0)),
      0,
    );
    expect(difference / (fresh?.byteLength ?? 1), name).toBeLessThan(tolerance);
  }
});
