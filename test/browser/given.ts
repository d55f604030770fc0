/** What every suite stands on. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Cloud } from '../../local/cloud.ts';
import { startApp } from './app.ts';
import { launch } from './browser.ts';

/** The whole system and a browser, started before the first test of a suite and ended after its last. */
export function givenApp(): { readonly cloud: Cloud; readonly browser: Browser } {
  let started: readonly [Cloud, Browser] | undefined;
  const all = (): readonly [Cloud, Browser] => {
    if (started === undefined) throw new Error('nothing is started before the first test');
    return started;
  };
  beforeAll(async () => {
    started = await Promise.all([startApp(), launch()]);
  });
  afterAll(async () => {
    await started?.[1].close();
    await started?.[0].close();
  });
  return {
    get cloud() {
      return all()[0];
    },
    get browser() {
      return all()[1];
    },
  };
}
