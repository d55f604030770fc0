/**
 * Mail that came back: a topic that SES publishes to, and the one function that is told. The topic keeps nothing; whoever
 * verifies the sender's identity in SES names it there for bounces and complaints.
 */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyDocument, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allow, deny } from './statements.ts';

export interface MailReturnsProps {
  readonly topicName: string;
  readonly fn: LambdaFunction;
}

export class MailReturns extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, { topicName, fn }: MailReturnsProps) {
    super(scope, id);
    const topic = new CfnTopic(this, 'Topic', { topicName });
    this.topicArn = topic.ref;
    new CfnTopicPolicy(this, 'Policy', {
      topics: [topic.ref],
      policyDocument: new PolicyDocument({
        statements: [
          allow({
            sid: 'OnlySes',
            principals: [new ServicePrincipal('ses.amazonaws.com')],
            actions: ['sns:Publish'],
            resources: [topic.ref],
            conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
          }),
          deny({
            sid: 'OnlyTls',
            principals: [new AnyPrincipal()],
            actions: ['sns:Publish'],
            resources: [topic.ref],
            conditions: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      }),
    });
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: fn.functionArn,
      principal: 'sns.amazonaws.com',
      sourceArn: topic.ref,
    });
    new CfnSubscription(this, 'Subscription', {
      topicArn: topic.ref,
      protocol: 'lambda',
      endpoint: fn.functionArn,
    });
  }
}
