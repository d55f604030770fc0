/**
 * `npm run screens`: draws every page of the app at both sizes into docs/screens/, as somebody would meet them one
 * after the other. The photo is the generated sample. Needs Chromium, see browser.ts.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import type { Cloud } from '../../local/cloud.ts';
import { startApp } from './app.ts';
import { launch, sizeNames, sizes } from './browser.ts';
import { farewell, tour } from './tour.ts';

const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url));

/** Pages are drawn at one and a half times their size and kept small: lossy, as a page is mostly plain. */
const deviceScaleFactor = 1.5;
const quality = 72;

async function drawAll(browser: Browser, cloud: Cloud): Promise<void> {
  for (const size of sizeNames) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({
        ...sizes[size],
        colorScheme,
        deviceScaleFactor,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const prefix = colorScheme === 'light' ? size : `${size}-dark`;
      const draw = async (name: string): Promise<void> => {
        // Nothing is pointed at, so that nothing looks as if it were.
        await page.mouse.move(0, 0);
        const png = await page.screenshot({ animations: 'disabled' });
        await writeFile(
          join(folder, `${prefix}-${name}.webp`),
          await sharp(png).webp({ quality }).toBuffer(),
        );
      };
      await tour(page, cloud, draw);
      await farewell(page, cloud, draw);
      await context.close();
    }
  }
}

await mkdir(folder, { recursive: true });
for (const file of await readdir(folder)) if (file.endsWith('.webp')) await rm(join(folder, file));
const [cloud, browser] = await Promise.all([startApp(), launch()]);
try {
  await drawAll(browser, cloud);
} finally {
  await browser.close();
  await cloud.close();
}
