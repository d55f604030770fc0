import { scenariosAnywhere } from './anywhere.ts';
import { startWorld } from './world.ts';

scenariosAnywhere('embedded', startWorld);
