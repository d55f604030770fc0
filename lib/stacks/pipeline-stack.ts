/** The life of an image on AWS: the bucket beside its trigger, the analysis, and the cleaner with its schedule. */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { metricsNamespace } from '../alarms.ts';
import { bucketStatements, tableStatements } from '../constructs/function-statements.ts';
import { IsolatedNetwork } from '../constructs/isolated-network.ts';
import { LiveAlias } from '../constructs/live-alias.ts';
import { ProductFunction } from '../constructs/product-function.ts';
import { FunctionSchedule } from '../constructs/function-schedule.ts';
import { tableKeyStatements, type TableKeys } from '../constructs/table-keys.ts';
import { UploadBucket, uploadKeyStatement } from '../constructs/upload-bucket.ts';
import { analyzeFunction, sweepFunction, type FunctionDefinition } from '../functions.ts';
import { modelLabel } from '../model.ts';
import { namesOf, type Names } from '../names.ts';
import type { Packages } from '../package.ts';
import { vcpusOf, type Settings } from '../settings.ts';

export interface PipelineStackProps extends StackProps {
  readonly settings: Settings;
  readonly packages: Packages;
  /** Pinned: a function that finds another model does not start. */
  readonly modelDigest: string;
  readonly tableKeys: TableKeys;
}

export class PipelineStack extends Stack {
  readonly uploadKey: Key;

  constructor(
    scope: Construct,
    id: string,
    { settings, packages, modelDigest, tableKeys, ...props }: PipelineStackProps,
  ) {
    super(scope, id, props);
    const names = namesOf(this, settings);
    const variables = {
      TABLE_PREFIX: names.tablePrefix,
      UPLOAD_BUCKET: names.uploadBucket,
      METRICS_NAMESPACE: metricsNamespace(settings),
    };
    const rights = (definition: FunctionDefinition): readonly PolicyStatement[] => [
      ...bucketStatements(definition, names),
      ...tableStatements(definition.name, names),
      ...tableKeyStatements(this, definition.name, tableKeys),
    ];
    const bucket = new UploadBucket(this, 'Uploads', { names, settings });
    this.uploadKey = bucket.key;

    const isolated = !settings.emulatorSwitches.includes('without-isolation');
    const analyze = new ProductFunction(this, 'Analyze', {
      definition: analyzeFunction,
      names,
      settings,
      packageDir: packages.analyze,
      variables: {
        ...variables,
        MODEL: settings.model,
        MODEL_DIGEST: modelDigest,
        ...(settings.kind === 'production' ? {} : { UNEVALUATED_MODEL: 'may-answer' }),
        METRICS_MODEL: modelLabel(settings.model),
        VCPUS: String(vcpusOf(settings.memoryMb.analyze)),
        ORT_DISABLE_TELEMETRY: '1',
      },
      statements: [...rights(analyzeFunction), uploadKeyStatement(this, 'kms:Decrypt', names, bucket.key)],
      ...(isolated
        ? { network: new IsolatedNetwork(this, 'Network', { names, definition: analyzeFunction }) }
        : {}),
    });
    const { aliasArn } = new LiveAlias(this, 'Live', {
      definition: analyzeFunction,
      fn: analyze.fn,
      rollout: settings.rollout,
    });
    bucket.notify(aliasArn, triggerPermission(this, names, aliasArn));

    const sweep = new ProductFunction(this, 'Sweep', {
      definition: sweepFunction,
      names,
      settings,
      packageDir: packages.sweep,
      variables,
      statements: rights(sweepFunction),
    });
    new FunctionSchedule(this, 'SweepSchedule', {
      names,
      fn: sweep.fn,
      definition: sweepFunction,
      description: 'ONE-1, ONE-5: no object outlives its deadline, and no upload is admitted without this',
    });
  }
}

/** Storage may invoke the analysis for this bucket of this account, before the bucket exists. */
function triggerPermission(scope: Construct, names: Names, functionName: string): CfnPermission {
  return new CfnPermission(scope, 'Trigger', {
    action: 'lambda:InvokeFunction',
    functionName,
    principal: 's3.amazonaws.com',
    sourceArn: names.uploadBucketArn,
    sourceAccount: Stack.of(scope).account,
  });
}
