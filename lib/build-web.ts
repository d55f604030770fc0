/** `npm run build:web`: builds the web app and says where it is. Fetches nothing. */
import { ensureWeb } from './web-bundle.ts';

console.log((await ensureWeb()).dir);
