/** The deployed stacks as a stage for scenarios: the API over HTTP as anybody reaches it, the rest past every right. */
import { createIssuer } from '../../local/issuer.ts';
import { connectStores } from '../elsewhere/environment.ts';
import { createLambdaService } from '../elsewhere/lambda-service.ts';
import { stageOf } from '../elsewhere/stage.ts';
import type { Stage } from '../scenario/stage.ts';
import type { Target } from './target.ts';

/** Opens it and runs the cleaner once, so that uploads are admitted; `close` leaves the deployment as it is. */
export async function openDeployedStage(target: Target): Promise<Stage> {
  const prefix = `onceover-${target.environment}-`;
  const stores = connectStores(target.endpoint, { prefix, bucket: target.bucket });
  const lambda = createLambdaService(target.endpoint);
  const issuer = await createIssuer({ now: () => Date.now(), accountId: 'nobody', key: target.issuerKey });
  const stage = stageOf({
    ...stores,
    apiUrl: target.apiUrl,
    issuer,
    invoke: (name, event) => lambda.invoke(`${prefix}${name}`, event),
  });
  await stage.sweep();
  return stage;
}
