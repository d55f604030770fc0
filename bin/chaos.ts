#!/usr/bin/env node
/** `npm run chaos`: the whole product under seeded misfortune. Only starts bin/chaos/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./chaos/main.ts');
process.exitCode = await main(process.argv.slice(2));
