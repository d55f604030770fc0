import { dwellContract } from '../contract/dwell.contract.ts';
import { createMemoryDwell } from './dwell.ts';

dwellContract('memory', async () => createMemoryDwell());
