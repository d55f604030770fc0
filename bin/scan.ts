#!/usr/bin/env node
/** `npm run scan -- PHOTO...`: photos through a running system, from the terminal. Only starts bin/scan/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./scan/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
