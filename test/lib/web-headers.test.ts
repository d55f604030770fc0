/** The headers of the app. */
import { expect, it } from 'vitest';
import { cacheControlOf, contentSecurityPolicy, webHeaders } from '../../lib/web-headers.ts';

const policy = contentSecurityPolicy({ uploads: 'https://uploads.example' });

it('allows nothing inline and nothing from elsewhere, but uploads to the bucket', () => {
  expect(policy).not.toMatch(/unsafe|data:|blob:|\*/);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self' https://uploads.example;");
  expect([...policy.matchAll(/https?:/g)]).toHaveLength(1);
});

it('gives no page the camera, the place or the microphone, and tells nobody where somebody came from', () => {
  const headers = webHeaders({ uploads: 'https://uploads.example' });
  for (const feature of ['camera', 'geolocation', 'microphone']) {
    expect(headers['permissions-policy']).toContain(`${feature}=()`);
  }
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

it('keeps files whose name says what is in them, and asks again for all others', () => {
  expect(cacheControlOf('/assets/index-a1b2c3.js')).toContain('immutable');
  expect(cacheControlOf('/index.html')).toBe('no-cache');
  expect(cacheControlOf('/service-worker.js')).toBe('no-cache');
});
