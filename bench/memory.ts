/**
 * Peak memory of each format at its admitted limit: `node bench/memory.ts` measures and writes docs/memory.md,
 * with a word it measures the cases whose name
 * holds it and prints the table. The suite `test/peak-memory` holds the bound.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { maxUploadBytes } from '../core/scan.ts';
import { analyzeFunction } from '../lib/functions.ts';
import { memoryCases, type MemoryCase } from './memory-cases.ts';

/** What one photo cost. */
export interface MemoryMeasure {
  readonly name: string;
  readonly fileBytes: number;
  readonly outcome: string;
  readonly ms: number;
  readonly peakBytes: number;
}

/** Of the function's memory, the share that the worst photo may take: the rest is for what nobody foresaw. */
export const maxShare = 0.6;
/** Bytes that no photo may exceed. */
export const maxPeakBytes = analyzeFunction.memoryMb * 1024 * 1024 * maxShare;

const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
const report = z.object({ outcome: z.string(), ms: z.number(), peakBytes: z.number().positive() });

/** Makes the photo and runs it through a process of its own. */
export async function measure({ name, make }: MemoryCase): Promise<MemoryMeasure> {
  const dir = await mkdtemp(join(tmpdir(), 'onceover-memory-'));
  try {
    const file = join(dir, 'photo');
    const photo = await make();
    if (photo.byteLength > maxUploadBytes) throw new RangeError(`${name} is larger than any upload`);
    await writeFile(file, photo);
    const { stdout } = await promisify(execFile)(process.execPath, [child, file]);
    return { name, fileBytes: photo.byteLength, ...report.parse(JSON.parse(stdout)) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Mebibytes, as Lambda counts memory, rounded up. */
function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}

/** The table of docs/memory.md. */
export function renderTable(measures: readonly MemoryMeasure[]): string {
  const rows = measures.map(({ name, fileBytes, peakBytes }) => {
    const share = Math.round((100 * peakBytes) / (analyzeFunction.memoryMb * 1024 * 1024));
    return `| ${name} | ${Math.ceil(fileBytes / 1024).toLocaleString('en')} | ${megabytes(peakBytes)} | ${share} % |`;
  });
  return ['| photo | file, KiB | peak, MB | of the setting |', '|---|--:|--:|--:|', ...rows].join('\n');
}

const document = new URL('../docs/memory.md', import.meta.url);
const [begin, end] = ['<!-- measured -->', '<!-- /measured -->'] as const;

/** Replaces the table between its marks; all other words are written by hand. */
async function writeDocument(measures: readonly MemoryMeasure[]): Promise<void> {
  const text = await readFile(document, 'utf8');
  const [head = '', rest = ''] = text.split(begin);
  const [, tail = ''] = rest.split(end);
  await writeFile(document, `${head}${begin}\n\n${renderTable(measures)}\n\n${end}${tail}`);
}

if (import.meta.main) {
  const only = process.argv[2];
  const measures: MemoryMeasure[] = [];
  for (const one of memoryCases.filter(({ name }) => name.includes(only ?? ''))) {
    const measured = await measure(one);
    console.error(
      `${measured.name}: ${megabytes(measured.peakBytes)} MB, ${measured.ms} ms, ${measured.outcome}`,
    );
    measures.push(measured);
  }
  if (only === undefined) await writeDocument(measures);
  else console.log(renderTable(measures));
}
