/** What is watched, and who is told: alarms from lib/alarms.ts, the topic that mails them, the dashboard. */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { Stack, Validations, type StackProps } from 'aws-cdk-lib';
import { Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AnyPrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, CfnTopicPolicy, Topic } from 'aws-cdk-lib/aws-sns';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { alarmsOf, type AlarmSources } from '../alarms.ts';
import { ProductDashboard } from '../constructs/dashboard.ts';
import { allow, deny } from '../constructs/statements.ts';
import { modelLabel } from '../model.ts';
import { namesOf } from '../names.ts';
import type { Settings } from '../settings.ts';

export interface OperationsStackProps extends StackProps {
  readonly settings: Settings;
  readonly httpApiId: string;
}

/** The entry of an alarm in the runbook, as its description names it. */
export function runbookEntry(id: string): string {
  return `docs/runbook.md#${id}`;
}

export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    const { settings, httpApiId, ...stackProps } = props;
    super(scope, id, stackProps);
    const names = namesOf(this, settings);
    const sources: AlarmSources = {
      settings,
      names,
      httpApiId,
      model: modelLabel(settings.model),
    };
    const topic = alarmTopic(this, `${names.tablePrefix}alarms`, settings);
    const action = new SnsAction(topic);
    const lacksMath = settings.emulatorSwitches.includes('without-metric-math');
    const possible = alarmsOf(sources).filter(
      ({ metric }) => !(lacksMath && metric instanceof MathExpression),
    );
    const alarms = possible.map((definition) => {
      const { promise, meaning } = definition;
      const alarm = new Alarm(this, idOf(definition.id), {
        alarmName: `${names.tablePrefix}${definition.id}`,
        alarmDescription: `${promise === undefined ? '' : `${promise}: `}${meaning} What to do: ${runbookEntry(definition.id)}`,
        metric: definition.metric,
        comparisonOperator: definition.comparison,
        threshold: definition.threshold,
        evaluationPeriods: definition.periods,
        treatMissingData: definition.missing,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
    new ProductDashboard(this, 'Page', {
      ...sources,
      name: names.tablePrefix.slice(0, -1),
      alarms,
    });
  }
}

/** Takes alarms from CloudWatch alone and hands them to one address. An alarm holds a name and numbers. */
function alarmTopic(scope: Construct, topicName: string, { alarmAddress }: Settings): Topic {
  const topic = new Topic(scope, 'Alarms', { topicName });
  Validations.of(topic).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SNS3',
    reason: 'The topic’s policy denies plain HTTP; the rule looks for the statement in another resource.',
  });
  const { account } = Stack.of(scope);
  new CfnTopicPolicy(scope, 'AlarmsPolicy', {
    topics: [topic.topicArn],
    policyDocument: new PolicyDocument({
      statements: [
        allow({
          sid: 'AlarmsOfThisAccount',
          principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: { StringEquals: { 'aws:SourceAccount': account } },
        }),
        deny({
          sid: 'NoPlainHttp',
          principals: [new AnyPrincipal()],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ],
    }),
  });
  if (alarmAddress !== undefined) {
    new CfnSubscription(scope, 'AlarmsByMail', {
      topicArn: topic.topicArn,
      protocol: 'email',
      endpoint: alarmAddress,
    });
  }
  return topic;
}

function idOf(id: string): string {
  return id
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
}
