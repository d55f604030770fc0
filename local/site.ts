/**
 * The web app's files as CloudFront would serve them: the same headers, the page itself for every address that is
 * the app's to interpret. Read once, into memory. It must not answer for the API or for local addresses.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { cacheControlOf, contentTypeOf, webHeaders, type WebOrigins } from '../lib/web-headers.ts';

/** One answer. */
export interface SitePage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers for a path of the site; undefined: the path is not the site's. */
export type Site = (path: string) => SitePage | undefined;

/** Addresses that belong to the API, to this machine, or to conventions of the web. */
const notTheSites = /^\/(?:v\d+|local|\.well-known)(?:\/|$)/;

/** Reads the built app of a folder. Rejects when it has no `index.html`. */
export async function openSite(dir: string, origins: WebOrigins): Promise<Site> {
  const headers = webHeaders(origins);
  const files = new Map<string, SitePage>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(dir, file)}`;
    files.set(path, {
      status: 200,
      headers: {
        ...headers,
        'content-type': contentTypeOf(extname(path)),
        'cache-control': cacheControlOf(path),
      },
      body: await readFile(file),
    });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new Error(`${dir} holds no index.html: the web app is not built.`);
  return (path) => {
    if (notTheSites.test(path)) return undefined;
    return files.get(path) ?? (extname(path) === '' ? index : undefined);
  };
}
