/**
 * One function of the catalogue on Lambda: its package, its limits, a role with exactly the statements handed in, and
 * a log that expires. An event that could not be handled is dropped, never parked: it carries an address (ONE-6).
 */
import { Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture as LambdaArchitecture,
  Code,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionDefinition } from '../functions.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { IsolatedNetwork } from './isolated-network.ts';
import { allow, deny } from './statements.ts';

export interface ProductFunctionProps {
  readonly definition: FunctionDefinition;
  readonly names: Names;
  readonly settings: Settings;
  /** Folder of the packaged function. */
  readonly packageDir: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Everything that its role may do beside logging. */
  readonly statements: readonly PolicyStatement[];
  /** Why a statement names no resource. Default: each does, or is for the network. */
  readonly whyNameless?: string;
  /** Default: Lambda's own network, with a route to the internet. */
  readonly network?: IsolatedNetwork;
}

export class ProductFunction extends Construct {
  readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: ProductFunctionProps) {
    super(scope, id);
    const { definition, names, settings, network } = props;
    const functionName = names.functionName(definition.name);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      roleName: names.roleName(definition.name),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        work: new PolicyDocument({
          statements: [
            allow({
              sid: 'OwnLog',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            ...props.statements,
            ...(network === undefined ? [] : networkStatements(names.functionArn(definition.name))),
          ],
        }),
      },
    });
    acknowledgeResources(role, props);
    this.fn = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? LambdaArchitecture.ARM_64 : LambdaArchitecture.X86_64,
      handler: `index.${definition.handler}`,
      code: Code.fromAsset(props.packageDir),
      memorySize: settings.memoryMb[definition.name],
      timeout: Duration.millis(definition.timeoutMs),
      ...(settings.reservedConcurrency
        ? { reservedConcurrentExecutions: definition.reservedConcurrency }
        : {}),
      retryAttempts: definition.asyncRetries,
      maxEventAge: Duration.millis(definition.maximumEventAgeMs),
      environment: { ...props.variables },
      role,
      logGroup,
      ...(network === undefined
        ? {}
        : {
            vpc: network.vpc,
            vpcSubnets: { subnets: network.vpc.isolatedSubnets },
            securityGroups: [network.securityGroup],
          }),
    });
  }
}

/** The two resources that cannot be named one by one. */
function acknowledgeResources(
  role: Role,
  { network, settings, names, whyNameless }: ProductFunctionProps,
): void {
  const { account, partition } = Stack.of(role);
  const bucket = `${names.tablePrefix}uploads-${named(account, 'AWS::AccountId')}-${settings.region}`;
  Validations.of(role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:${named(partition, 'AWS::Partition')}:s3:::${bucket}/*]`,
    reason: 'The keys of objects are random and live for seconds; the bucket holds nothing else.',
  });
  const reason =
    network === undefined
      ? whyNameless
      : 'Lambda makes the network interface of a function in a VPC and names no resource; the function’s own code is denied the same actions.';
  if (reason === undefined) return;
  Validations.of(role).acknowledge({ id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]', reason });
}

/** As findings are written: what is only known at the deployment, by its name. */
function named(value: string, unknown: string): string {
  return Token.isUnresolved(value) ? `<${unknown}>` : value;
}

const interfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lambda itself makes the network interface of a function in a VPC, with the function's role. The function's own code
 * has no use for it and is denied.
 */
function networkStatements(functionArn: string): PolicyStatement[] {
  return [
    allow({ sid: 'NetworkInterfaceForLambda', actions: interfaceActions, resources: ['*'] }),
    deny({
      sid: 'NoNetworkInterfaceForCode',
      actions: interfaceActions,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ];
}
