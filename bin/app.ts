#!/usr/bin/env node
/** `npx cdk`: the app that cdk.json names. Only starts lib/synth.ts. */
import { requireNode } from './require-node.ts';

requireNode();
const { synth } = await import('../lib/synth.ts');
await synth();
