/**
 * Runs a function by the clock, with the retries and the event age of its definition: a run that could not start in that
 * time is dropped, the next one is its retry. The schedule's role may invoke that function and nothing else.
 */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { FunctionDefinition, FunctionTask } from '../functions.ts';
import type { Names } from '../names.ts';
import { allow } from './statements.ts';

export interface FunctionScheduleProps {
  readonly names: Names;
  readonly fn: IFunction;
  readonly definition: FunctionDefinition;
  /** One of the definition's; the function is handed `{ task }`. Default: the function has one thing to do. */
  readonly task?: FunctionTask;
  /** What the runs are for. Default: what the task's are for. */
  readonly description?: string;
  /** EventBridge's own form, for example `cron(20 3 * * ? *)`, UTC. Default: the period of the task or the definition. */
  readonly expression?: string;
}

export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    const { names, fn, definition, task, expression } = props;
    const name = names.roleName(
      task === undefined ? `${definition.name}-schedule` : `${definition.name}-${task.task}-schedule`,
    );
    const sid = definition.name.charAt(0).toUpperCase() + definition.name.slice(1);
    const role = new Role(this, 'Role', {
      roleName: name,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        work: new PolicyDocument({
          statements: [allow({ sid, actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      name,
      description: props.description ?? task?.description ?? '',
      scheduleExpression: expression ?? rateOf(task?.everyMs ?? definition.everyMs),
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: fn.functionArn,
        roleArn: role.roleArn,
        ...(task === undefined ? {} : { input: JSON.stringify({ task: task.task }) }),
        retryPolicy: {
          maximumRetryAttempts: definition.asyncRetries,
          maximumEventAgeInSeconds: definition.maximumEventAgeMs / 1000,
        },
      },
    });
  }
}

/** Rates are whole minutes. */
function rateOf(everyMs = 0): string {
  const minutes = everyMs / 60_000;
  if (!Number.isInteger(minutes) || minutes < 1) {
    throw new RangeError(`a period is ${everyMs} ms; a schedule takes whole minutes`);
  }
  return minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`;
}
