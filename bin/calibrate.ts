#!/usr/bin/env node
/** `npm run calibrate -- split | fit | figures`: from public photos to skin-contrast's constants and figures. Only starts bin/calibrate/main.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { main } = await import('./calibrate/main.ts');
process.exitCode = await main(process.argv.slice(2));
