/**
 * The headers that the web app is served with, on this machine and by CloudFront: what its pages may load, tell and
 * use. One list for both, so that a test against one speaks of the other. Pure.
 */

export interface WebOrigins {
  /** Where photos are sent: the upload bucket's own origin, and the only other one that a page may talk to. */
  readonly uploads: string;
}

/** The Content-Security-Policy: nothing inline, nothing from elsewhere, no frame in either direction. */
export function contentSecurityPolicy({ uploads }: WebOrigins): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${uploads}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types onceover',
  ].join('; ');
}

/** No page uses any of these. Photos come through the device's own camera app or file chooser, which needs no grant. */
const unusedFeatures = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
] as const;

/** The header in which the API expects the secret that it shares with the distribution; lambdas/api/origin.ts reads it. */
export const originHeader = 'x-onceover-origin';

/**
 * The header that tells the API whose request it is, to be its `SOURCE_HEADER`: behind a distribution the connection is
 * the distribution's. Set there whatever a caller sent.
 */
export const sourceHeader = 'x-onceover-source';

/** Every header but those about caching, by lower-case name. */
export function webHeaders(origins: WebOrigins): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(origins),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': unusedFeatures.map((feature) => `${feature}=()`).join(', '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** Files whose name says what is in them may stay for good; everything else is asked for again. */
export function cacheControlOf(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

/** What a file is, by the end of its name. */
export function contentTypeOf(extension: string): string {
  return types[extension] ?? 'application/octet-stream';
}
