/**
 * Keeps the app's own files, so that the app opens without a connection and says so. It caches the files that were
 * built, by name, and nothing else: no answer of the API and no photo ever passes through it.
 */
declare const SHELL: readonly string[];
declare const VERSION: string;

/** The part of a service worker's world that is used; the page's types do not know it. */
interface Scope {
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}
interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file runs as a service worker, compiled with a page's types
const scope = self as unknown as Scope;
const cacheName = `onceover-shell-${VERSION}`;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll([...SHELL]))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(url.pathname)) event.respondWith(fetch(request).catch(() => kept('/', request)));
  } else if (SHELL.includes(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

/** Addresses of the API and of this machine are not pages of the app. */
function isPage(path: string): boolean {
  return !/^\/(?:v\d+|local|\.well-known)(?:\/|$)/.test(path);
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? fetch(request);
}
