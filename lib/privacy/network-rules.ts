/** Rules about the way out: the function that reads photos has none. */
import { comparesRole } from './grants.ts';
import type { PrivacyRule } from './rules.ts';
import { at, listOf, ofType } from './template.ts';

/** What leads out of a network or into another one. */
const waysOut = [
  'AWS::EC2::InternetGateway',
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::CarrierGateway',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayVpcAttachment',
  'AWS::EC2::VPNGateway',
  'AWS::EC2::Route',
] as const;

export const networkRules: readonly PrivacyRule[] = [
  {
    name: 'ONE-4-analyze-is-isolated',
    promise: 'ONE-4',
    description: 'The analysis function runs in subnets that nothing leads out of',
    fix: 'Give the function of analyze the network of lib/constructs/isolated-network.ts and remove gateways, routes and peerings.',
    find({ resources, settings }) {
      if (settings.emulatorSwitches.includes('without-isolation')) return [];
      const exposed = ofType(resources, 'AWS::Lambda::Function').filter(
        (fn) =>
          fn.properties['FunctionName'] === `onceover-${settings.environment}-analyze` &&
          listOf(at(fn, 'VpcConfig', 'SubnetIds')).length === 0,
      );
      const addressed = ofType(resources, 'AWS::EC2::Subnet').filter(
        (subnet) => at(subnet, 'MapPublicIpOnLaunch') === true,
      );
      return [
        ...exposed.map((resource) => ({ resource, location: 'VpcConfig', found: 'no subnets' })),
        ...addressed.map((resource) => ({
          resource,
          location: 'MapPublicIpOnLaunch',
          found: 'public addresses',
        })),
        ...ofType(resources, ...waysOut).map((resource) => ({
          resource,
          location: '',
          found: `a way out: ${resource.type}`,
        })),
      ];
    },
  },
  {
    name: 'ONE-4-endpoints-name-what-they-lead-to',
    promise: 'ONE-4',
    description:
      'The endpoints are gateways whose policies allow named actions on named resources to one role',
    fix: 'Give each endpoint the statements of its function’s role; remove interface endpoints.',
    find({ resources, grants, settings }) {
      const role = `onceover-${settings.environment}-analyze`;
      return ofType(resources, 'AWS::EC2::VPCEndpoint').flatMap((resource) => {
        const own = grants.filter((grant) => grant.resource === resource);
        const isNarrow = own.every(
          ({ resources: named, conditions }) =>
            !named.includes('*') && conditions.some((one) => comparesRole(one, 'ArnEquals', role)),
        );
        const isGateway = at(resource, 'VpcEndpointType') === 'Gateway';
        if (isGateway && own.length > 0 && isNarrow) return [];
        return [{ resource, location: 'PolicyDocument', found: 'leads to more than this product' }];
      });
    },
  },
];
