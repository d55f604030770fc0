#!/usr/bin/env node
/** `npm run preflight`: what a person must do once before a deployment. Only starts bin/preflight/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./preflight/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
