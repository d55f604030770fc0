#!/usr/bin/env node
/** `npm run usage -- --since DAY`: how often what was done in the app, of all people together. Only starts bin/usage/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./usage/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
