/** The browser that the suites drive: the machine's own Chromium, never a downloaded one. */
import { existsSync } from 'node:fs';
import {
  chromium,
  devices,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
} from 'playwright-core';

const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where Chromium is. Throws a sentence that says what to do when there is none. */
export function findChromium(): string {
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    'npm run test:browser needs Chromium. Install it (Debian: apt-get install chromium) or say where it is: ' +
      'CHROMIUM=/path/to/chromium npm run test:browser',
  );
}

/** As root, as in a container, Chromium refuses its own sandbox. */
export const launchOptions = {
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
};

export async function launch(): Promise<Browser> {
  return chromium.launch({ ...launchOptions, executablePath: findChromium() });
}

/** The two sizes at which the app must be good. */
export const sizes = {
  phone: {
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    userAgent: devices['Pixel 7']?.userAgent ?? '',
  },
  desktop: { viewport: { width: 1280, height: 800 } },
} as const satisfies Record<string, BrowserContextOptions>;
export const sizeNames = ['phone', 'desktop'] as const satisfies readonly (keyof typeof sizes)[];

/** One request that left the browser. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer | null;
}

/** Those that went to storage with a photo. */
export function uploadsOf(sent: readonly Sent[], storageUrl: string): readonly Sent[] {
  return sent.filter(({ method, url }) => method === 'PUT' && url.startsWith(storageUrl));
}

/** Writes down every request of a context: pages, workers and the service worker alike. */
export function recordRequests(context: BrowserContext): readonly Sent[] {
  const sent: Sent[] = [];
  context.on('request', (request) =>
    sent.push({ method: request.method(), url: request.url(), body: request.postDataBuffer() }),
  );
  return sent;
}
