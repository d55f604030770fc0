#!/usr/bin/env node
/** `npm start`: the whole product on this machine. Only starts bin/local/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./local/main.ts');
process.exitCode = await main(process.argv.slice(2));
