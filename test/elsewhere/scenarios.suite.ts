import { scenariosAnywhere } from '../scenario/anywhere.ts';
import { raceScenarios } from '../scenario/race.ts';
import { endpointOf } from './endpoint.ts';
import { createStores } from './environment.ts';
import { openStage } from './stage.ts';

scenariosAnywhere('elsewhere', () => openStage(endpointOf(process.env)));
raceScenarios('elsewhere', () => createStores(endpointOf(process.env)));
