#!/usr/bin/env node
/** `npm run model -- check DIR | new NAME`: plugs a model in. Only starts bin/model/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./model/main.ts');
process.exitCode = await main(process.argv.slice(2));
