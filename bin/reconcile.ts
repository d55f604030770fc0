#!/usr/bin/env node
/** `npm run reconcile`: how Stripe's books and ours differ. Only starts bin/reconcile/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./reconcile/main.ts');
process.exitCode = await main(process.argv.slice(2));
