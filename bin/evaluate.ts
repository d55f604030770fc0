#!/usr/bin/env node
/** `npm run evaluate -- MODEL DIR`: measures a model on labelled photos. Only starts bin/evaluate/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./evaluate/main.ts');
process.exitCode = await main(process.argv.slice(2));
