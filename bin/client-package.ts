/**
 * Builds the client as a package that a stranger can install: one module of ours, its types, nothing else to install.
 * `npm run client [-- FOLDER]` writes it (default: .build/client); `npm pack` there makes the archive. The contract's
 * types are written out from its schemas, because the schemas' library is no part of the package.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { z } from 'zod';
import * as contract from '../core/contract.ts';
import rootPackage from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The contract's types that are part of the package, by the schemas that they come from. */
const types = {
  Challenge: contract.challengeSchema,
  Checkout: contract.checkoutSchema,
  CheckoutRequest: contract.checkoutRequestSchema,
  CheckoutState: contract.checkoutStateSchema,
  ConsentsView: contract.consentsViewSchema,
  DeletedScan: contract.deletedScanSchema,
  ErasureView: contract.erasureSchema,
  FeedbackList: contract.feedbackListSchema,
  FeedbackView: contract.feedbackViewSchema,
  Health: contract.healthSchema,
  History: contract.historySchema,
  Me: contract.meSchema,
  Messages: contract.messagesSchema,
  MessageView: contract.messageViewSchema,
  PaymentReceipt: contract.paymentReceiptSchema,
  PolicyView: contract.policyViewSchema,
  Problem: contract.problemSchema,
  Purchases: contract.purchasesSchema,
  Receipt: contract.receiptSchema,
  Rename: contract.renameSchema,
  ScanView: contract.scanViewSchema,
  SessionsView: contract.sessionsViewSchema,
  SessionTokens: contract.sessionTokensSchema,
  Status: contract.statusSchema,
  AccessLog: contract.accessLogSchema,
  ExportPage: contract.exportPageSchema,
  KeptItem: contract.keptItemSchema,
  Ticket: contract.ticketSchema,
  TicketRequest: contract.ticketRequestSchema,
  Usage: contract.usageSchema,
} as const satisfies Record<string, z.ZodType>;

/** A JSON schema, as far as the contract uses it. */
const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
});

/** A schema as a type of the language. @throws Error for a schema that the contract has not used so far. */
function typeOf(raw: unknown): string {
  const node = nodeSchema.parse(raw);
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((word) => JSON.stringify(word)).join(' | ');
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(' | ');
  if (Array.isArray(node.type)) return node.type.map((type) => typeOf({ type })).join(' | ');
  switch (node.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return node.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${typeOf(node.items)}>`;
    case 'object':
      return objectType(node);
    case undefined:
    default:
      // An open member of an answer.
      if (Object.keys(node).length === 0) return 'unknown';
      throw new Error(`no type for the schema ${JSON.stringify(raw)}`);
  }
}

function objectType({ properties, required = [], additionalProperties }: z.infer<typeof nodeSchema>): string {
  if (properties === undefined) return `Record<string, ${typeOf(additionalProperties ?? {})}>`;
  const members = Object.entries(properties).map(([name, one]) => {
    return `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(one)};`;
  });
  const open = typeof additionalProperties === 'object' ? ' [more: string]: unknown;' : '';
  return `{ ${members.join(' ')}${open} }`;
}

function renderContract(): string {
  const lines = Object.entries(types).map(([name, schema]) => {
    const json = z.toJSONSchema(schema, { io: 'output', reused: 'inline', target: 'draft-2020-12' });
    return `export type ${name} = ${typeOf(inlined(json))};`;
  });
  return `/** The HTTP API's answers, written out from its schemas. */\n${lines.join('\n')}\n`;
}

/** The schema with its named parts in place. */
function inlined(json: unknown): unknown {
  const parts =
    z.looseObject({ $defs: z.record(z.string(), z.unknown()).optional() }).parse(json).$defs ?? {};
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value) return walk(parts[String(value.$ref).slice('#/$defs/'.length)]);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner)]));
  };
  return walk(json);
}

/** Writes the package into a folder, emptied before. */
export async function buildClient(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(root, 'client/index.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    sourcemap: 'linked',
    sourcesContent: true,
  });
  await writeTypes(folder);
  const { license, version, description } = rootPackage;
  const manifest = {
    name: 'onceover-client',
    version,
    description: `Typed client of onceover's HTTP API. ${description}`,
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    exports: { '.': { types: './types/client/index.d.ts', default: './index.js' } },
    files: ['index.js', 'index.js.map', 'types'],
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const page = await readFile(join(root, 'docs/client.md'), 'utf8');
  // In the package everything comes from one place.
  const readme = page.replaceAll(/'\.\.\/client\/\w+\.ts'/g, `'${manifest.name}'`);
  await writeFile(join(folder, 'README.md'), readme);
}

async function writeTypes(folder: string): Promise<void> {
  const out = join(folder, 'types');
  const config = join(folder, 'tsconfig.json');
  const options = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: out,
      rootDir: root,
      // Node's globals, and nothing else that a project has installed.
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, 'client/index.ts')],
  };
  await writeFile(config, JSON.stringify(options));
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);
  await rm(config);
  for (const name of await readdir(join(out, 'core'), { recursive: true })) {
    if (name.endsWith('.d.ts') && name !== 'errors.d.ts') await rm(join(out, 'core', name));
  }
  await writeFile(join(out, 'core/contract.d.ts'), renderContract());
  for (const name of await readdir(out, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const text = await readFile(join(out, name), 'utf8');
    await writeFile(
      join(out, name),
      text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'").replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"'),
    );
  }
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? join(root, '.build/client'));
  await buildClient(folder);
  console.log(`The client’s package is in ${folder}; "npm pack" there makes the archive.`);
}
