/**
 * Writes the documents that are made from the code: `node docs/generate.ts`, or with `--check` says which are out
 * of date and exits 1. A test runs the same comparison.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createApi } from '../lambdas/api/app.ts';
import { describeApi } from '../lambdas/api/document.ts';
import type { ApiPorts } from '../lambdas/api/ports.ts';
import { renderCosts } from '../lib/costs.ts';
import { settingsOf } from '../lib/environments.ts';
import manifestJson from '../models/skin-contrast/manifest.json' with { type: 'json' };
import { manifestJsonSchema, parseManifest } from '../core/model/manifest.ts';
import { adulthoodAsked, consentAsked, digestOf, policyAsked } from '../lambdas/api/people/join.ts';
import { calmara } from '../policies/calmara.ts';
import keptTexts from '../policies/calmara.texts.json' with { type: 'json' };
import { renderMap } from './privacy-map.ts';
import { renderGermanNotice } from './privacy-notice-german.ts';
import { renderNotice, renderNoticeData } from './privacy-notice.ts';
import { renderPromises } from './privacy-promises.ts';
import { renderRecord } from './privacy-record.ts';

interface GeneratedDocument {
  readonly file: URL;
  readonly content: string;
}

/** Every generated document, as it should be. */
export function generateDocuments(): readonly GeneratedDocument[] {
  const file = (path: string): URL => new URL(path, import.meta.url);
  const { productId } = calmara.product;
  return [
    { file: file('api/openapi.json'), content: renderApi() },
    { file: file(`privacy/${productId}.md`), content: renderNotice(calmara) },
    { file: file(`privacy/${productId}.de.md`), content: renderGermanNotice(calmara) },
    { file: file(`privacy/${productId}.json`), content: renderNoticeData(calmara) },
    {
      file: file(`privacy/${productId}-record.md`),
      content: renderRecord(calmara, settingsOf('production')),
    },
    { file: file(`privacy/${productId}-map.svg`), content: renderMap(calmara) },
    { file: file(`privacy/${productId}-promises.md`), content: renderPromises(calmara.product.name) },
    { file: file(`../policies/${productId}.texts.json`), content: renderTexts() },
    {
      file: file('costs.md'),
      content: renderCosts({ production: settingsOf('production'), dev: settingsOf('dev') }),
    },
    {
      file: file('../models/manifest.schema.json'),
      content: `${JSON.stringify(manifestJsonSchema(), undefined, 2)}\n`,
    },
  ];
}

/** Documents whose file differs from what the code says. */
export async function findStale(): Promise<readonly URL[]> {
  const documents = await Promise.all(
    generateDocuments().map(async ({ file, content }) => ({ file, fresh: (await read(file)) === content })),
  );
  return documents.filter(({ fresh }) => !fresh).map(({ file }) => file);
}

async function read(file: URL): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

function renderApi(): string {
  return `${JSON.stringify(describeApi(createApi(onlyDescribed())), undefined, 2)}\n`;
}

/** Every text that somebody was ever asked about, under its digest: what is there stays, what is new is added. */
function renderTexts(): string {
  const asked = [
    adulthoodAsked(calmara),
    policyAsked(calmara),
    ...calmara.consents.map(({ purpose }) => consentAsked(calmara, purpose)),
  ];
  const present = asked.flatMap(({ text, version, shown }) =>
    calmara.languages.map((language) => {
      const words = shown(language);
      return [digestOf(words), { text, version, language, shown: words }] as const;
    }),
  );
  return `${JSON.stringify({ ...keptTexts, ...Object.fromEntries(present) }, undefined, 2)}\n`;
}

/** Ports for an API that answers nothing: using one that is not here is an error. */
function onlyDescribed(): ApiPorts {
  const here: Partial<ApiPorts> = {
    policy: calmara,
    manifest: parseManifest(manifestJson),
    evaluated: true,
    ticketsPerDay: calmara.limits.ticketsPerDay,
    contacts: {},
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- describing routes touches no other port
  return here as ApiPorts;
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await findStale();
    for (const file of stale) console.error(`${file.pathname} is out of date: run "node docs/generate.ts".`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const { file, content } of generateDocuments()) await writeFile(file, content);
  }
}
