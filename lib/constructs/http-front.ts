/**
 * The HTTP API before the one function: every path, throttled, without an authorizer (the function verifies tokens
 * itself). Its access log says how many, how fast and with which status, and nothing of who or which (ONE-6).
 */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

export interface HttpFrontProps {
  readonly name: string;
  readonly fn: LambdaFunction;
  readonly timeoutMs: number;
  readonly settings: Settings;
}

/** No address, path, token, request or account: a path holds a scan's id. */
const accessLogFormat = JSON.stringify({
  time: '$context.requestTime',
  method: '$context.httpMethod',
  status: '$context.status',
  ms: '$context.responseLatency',
  functionMs: '$context.integrationLatency',
  functionStatus: '$context.integrationStatus',
  error: '$context.error.responseType',
});

export class HttpFront extends Construct {
  readonly url: string;
  readonly apiId: string;

  constructor(scope: Construct, id: string, { name, fn, timeoutMs, settings }: HttpFrontProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const log = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/apigateway/${name}`,
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const api = new CfnApi(this, 'Api', { name, protocolType: 'HTTP' });
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: fn.functionArn,
      payloadFormatVersion: '2.0',
      // A little more than the function has, so that its own answer is the one that counts.
      timeoutInMillis: timeoutMs + 1_000,
    });
    const route = new CfnRoute(this, 'Route', {
      apiId: api.ref,
      routeKey: '$default',
      authorizationType: 'NONE',
      target: `integrations/${integration.ref}`,
    });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'CAL-6: the function verifies each token itself and reads by a strong read that the account is active, which an authorizer with a cache cannot.',
    });
    new CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: settings.apiThrottle.ratePerSecond,
        throttlingBurstLimit: settings.apiThrottle.burst,
      },
      accessLogSettings: { destinationArn: log.logGroupArn, format: accessLogFormat },
    });
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: fn.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: stack.formatArn({ service: 'execute-api', resource: api.ref, resourceName: '*/$default' }),
    });
    this.url = api.attrApiEndpoint;
    this.apiId = api.ref;
  }
}
