#!/usr/bin/env node
/** `npm run remove`: takes an environment down in the safe order. Only starts bin/remove/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./remove/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
