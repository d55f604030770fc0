#!/usr/bin/env node
/** `npm run staff -- COMMAND`: what staff may do, always through the staff function. Only starts bin/staff/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./staff/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
