/**
 * The version of a function that works, by the name `live`: each deployment publishes one more version and points the
 * name at it, and going back is pointing it at the one before. A new model can begin with a share of the photos.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlias, CfnEventInvokeConfig, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionDefinition } from '../functions.ts';
import type { Settings } from '../settings.ts';

/** The name that triggers use. */
export const liveAliasName = 'live';

export interface LiveAliasProps {
  readonly definition: FunctionDefinition;
  readonly fn: LambdaFunction;
  /** Default: the new version gets every photo. */
  readonly rollout: Settings['rollout'];
}

export class LiveAlias extends Construct {
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, { definition, fn, rollout }: LiveAliasProps) {
    super(scope, id);
    const version = fn.currentVersion;
    // What was deployed before stays, so that there is something to go back to.
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnAlias(this, 'Alias', {
      functionName: fn.functionName,
      functionVersion: version.version,
      name: liveAliasName,
      ...(rollout === undefined
        ? {}
        : {
            routingConfig: {
              additionalVersionWeights: [
                { functionVersion: rollout.previousVersion, functionWeight: 1 - rollout.newShare },
              ],
            },
          }),
    });
    this.aliasArn = alias.ref;
    // A name has retries and an event age of its own; without them, Lambda's defaults would count.
    const retries = new CfnEventInvokeConfig(this, 'Retries', {
      functionName: fn.functionName,
      qualifier: liveAliasName,
      maximumRetryAttempts: definition.asyncRetries,
      maximumEventAgeInSeconds: definition.maximumEventAgeMs / 1000,
    });
    retries.addResourceDependency(alias);
  }
}
