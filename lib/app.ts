/** Settings and packages to stacks, under the rules that every synth must pass. Reads and writes nothing itself. */
import { Tags, Validations, type App } from 'aws-cdk-lib';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { acknowledgeFindings } from './acknowledgements.ts';
import type { Packages } from './package.ts';
import { PrivacyRules } from './privacy/plugin.ts';
import type { Settings } from './settings.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { PipelineStack } from './stacks/pipeline-stack.ts';
import { WebStack } from './stacks/web-stack.ts';

/** The stacks of one environment, in the order of their deployment. */
export interface Stacks {
  readonly data: DataStack;
  readonly pipeline: PipelineStack;
  readonly api: ApiStack;
  /** Absent where the settings name no domain. */
  readonly web: WebStack | undefined;
  /** Absent for an emulator that has no alarms. */
  readonly operations: OperationsStack | undefined;
}

/** Adds an environment to an app. `modelDigest`: of the model that the settings name. */
export function addEnvironment(
  app: App,
  settings: Settings,
  packages: Packages,
  modelDigest: string,
): Stacks {
  const { environment } = settings;
  const common = {
    settings,
    env: { region: settings.region },
    terminationProtection: settings.deletionProtection,
  };
  const id = (name: string): string => `onceover-${environment}-${name}`;
  const data = new DataStack(app, id('data'), { ...common, description: 'onceover: the tables' });
  const pipeline = new PipelineStack(app, id('pipeline'), {
    ...common,
    packages,
    modelDigest,
    tableKeys: data.keys,
    description: 'onceover: upload, analysis, cleaner',
  });
  const api = new ApiStack(app, id('api'), {
    ...common,
    packages,
    modelDigest,
    tableKeys: data.keys,
    uploadKey: pipeline.uploadKey,
    description: 'onceover: the HTTP API',
  });
  // No upload is admitted before what deletes it is there.
  pipeline.addStackDependency(data);
  api.addStackDependency(pipeline);
  const operations = settings.emulatorSwitches.includes('without-alarms')
    ? undefined
    : new OperationsStack(app, id('operations'), {
        ...common,
        httpApiId: api.httpApiId,
        description: 'onceover: alarms and dashboard',
      });
  operations?.addStackDependency(api);
  const { domain } = settings;
  const web =
    domain === undefined || api.originSecret === undefined
      ? undefined
      : new WebStack(app, id('web'), {
          ...common,
          domain,
          apiUrl: api.url,
          originSecret: api.originSecret,
          description: 'onceover: the app, and the API behind its address',
        });
  web?.addStackDependency(api);
  Tags.of(app).add('product', 'onceover');
  Tags.of(app).add('environment', environment);
  acknowledgeFindings(app);
  Validations.of(app).addPlugins(
    new PrivacyRules(settings),
    new AwsSolutionsChecks(app),
    new ServerlessChecks(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
  );
  return { data, pipeline, api, web, operations };
}
