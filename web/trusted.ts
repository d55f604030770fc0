/**
 * The only two scripts that code may start, as the page's Content-Security-Policy demands (Trusted Types): the photo
 * worker and the service worker. Browsers without Trusted Types take the address as it is.
 */
// oxlint-disable-next-line import/default -- the bundler's address of the worker, see vite.d.ts
import photoWorkerUrl from './photo/worker.ts?worker&url';

const serviceWorkerUrl = '/service-worker.js';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- not every browser has it, and TypeScript does not know it
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('onceover', {
  createScriptURL(url) {
    if (url === photoWorkerUrl || url === serviceWorkerUrl) return url;
    throw new TypeError('No such script.');
  },
});

function trusted(url: string): string {
  return policy?.createScriptURL(url) ?? url;
}

/** Starts the worker that prepares a photo. */
export function startPhotoWorker(): Worker {
  return new Worker(trusted(photoWorkerUrl), { type: 'module' });
}

/** Makes the app's shell open without a connection. A browser that refuses loses nothing else. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register(trusted(serviceWorkerUrl)).catch(() => undefined);
}
