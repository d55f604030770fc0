/**
 * Where the analysis runs: subnets without a route to the internet, and two gateway endpoints that lead to its bucket
 * and its tables and to nothing else (ONE-4). Costs nothing while nothing runs.
 */
import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal } from 'aws-cdk-lib/aws-iam';
import { Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { FunctionDefinition } from '../functions.ts';
import type { Names } from '../names.ts';
import { bucketStatements, tableStatements } from './function-statements.ts';

export interface IsolatedNetworkProps {
  readonly names: Names;
  /** The only function that runs here; the endpoints let through what it may do. */
  readonly definition: FunctionDefinition;
}

export class IsolatedNetwork extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { names, definition }: IsolatedNetworkProps) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.77.0.0/22'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      // Its rules would be removed by a hidden function with rights of its own; nothing uses that group.
      restrictDefaultSecurityGroup: false,
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the class types an absent VPN gateway inexactly
    this.vpc = vpc as IVpc;
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions::AwsSolutions-VPC7',
      reason:
        'ONE-6: there is no way in or out but two gateway endpoints, whose own services say what was asked; flow logs would add a store of addresses.',
    });
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'Analysis: no way in; HTTPS out, which the routes limit to two endpoints',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'storage and database endpoints');

    const onlyThisRole = {
      principals: [new AnyPrincipal()],
      conditions: { ArnEquals: { 'aws:PrincipalArn': names.principalArns(definition.name) } },
    };
    const storage = this.vpc.addGatewayEndpoint('Storage', { service: GatewayVpcEndpointAwsService.S3 });
    for (const one of bucketStatements(definition, names, onlyThisRole)) storage.addToPolicy(one);
    const database = this.vpc.addGatewayEndpoint('Database', {
      service: GatewayVpcEndpointAwsService.DYNAMODB,
    });
    for (const one of tableStatements(definition.name, names, onlyThisRole)) database.addToPolicy(one);
  }
}
