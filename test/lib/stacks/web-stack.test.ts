/** The app's front: one domain, one way in to the files and one to the API. */
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeAll, describe, expect, it } from 'vitest';
import { originHeader } from '../../../lambdas/api/origin.ts';
import { WebStack } from '../../../lib/stacks/web-stack.ts';
import { sourceHeader, webHeaders } from '../../../lib/web-headers.ts';
import { givenSettings } from '../given.ts';

let template: Template;

beforeAll(() => {
  const app = new App();
  const settings = givenSettings('production');
  const env = { region: settings.region };
  const other = new Stack(app, 'api', { env });
  const stack = new WebStack(app, 'web', {
    settings,
    env,
    domain: {
      name: 'app.example',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1',
      webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/app/1',
    },
    apiUrl: 'https://abc.execute-api.eu-central-1.amazonaws.com',
    originSecret: new Secret(other, 'OriginSecret'),
  });
  template = Template.fromStack(stack);
});

/** Every behaviour, by its path; the default one by `*`. */
function behaviours(): Readonly<Record<string, Record<string, unknown>>> {
  const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
  const config = distribution?.['Properties'].DistributionConfig;
  return {
    '*': config.DefaultCacheBehavior,
    ...Object.fromEntries(
      config.CacheBehaviors.map((one: { PathPattern: string }) => [one.PathPattern, one]),
    ),
  };
}

/** The handler of an edge function, from the very text that is deployed. */
function edgeFunction(id: string): (event: unknown) => unknown {
  const found = Object.entries(template.findResources('AWS::CloudFront::Function')).find(([logicalId]) =>
    logicalId.startsWith(id),
  );
  const code: unknown = found?.[1]['Properties'].FunctionCode;
  // oxlint-disable-next-line typescript/no-implied-eval -- runs the very text that the edge would
  return (event) => new Function('event', `${String(code)}; return handler(event);`)(event);
}

/** Managed policies of CloudFront, by their documented ids. */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

describe('the web stack', () => {
  it('holds no function that could see a request’s body, no custom resource and no log of who came', () => {
    const types = new Set(Object.values(template.toJSON()['Resources']).map((one) => Object(one).Type));
    expect([...types].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'AWS::CloudFront::Distribution',
      'AWS::CloudFront::Function',
      'AWS::CloudFront::OriginAccessControl',
      'AWS::CloudFront::ResponseHeadersPolicy',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
    ]);
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: { Logging: Match.absent() },
    });
  });

  it('keeps its files private: read by this distribution alone, by https alone', () => {
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Origins: Match.arrayWith([
          Match.objectLike({
            OriginAccessControlId: Match.anyValue(),
            S3OriginConfig: { OriginAccessIdentity: '' },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: {
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    });
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toHaveLength(1);
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: Match.absent(),
      LoggingConfiguration: Match.absent(),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: Match.anyValue() }),
          }),
        ],
      },
    });
  });

  it('hands the API’s paths on as they are, with the secret, and keeps nothing of their answers', () => {
    for (const path of ['/v1/*', '/.well-known/*']) {
      expect(behaviours()[path]).toMatchObject({
        CachePolicyId: cachingDisabled,
        OriginRequestPolicyId: allViewerExceptHost,
        ViewerProtocolPolicy: 'https-only',
      });
    }
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['app.example'],
        WebACLId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/app/1',
        ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
        Origins: Match.arrayWith([
          Match.objectLike({
            CustomOriginConfig: Match.objectLike({ OriginProtocolPolicy: 'https-only' }),
            OriginCustomHeaders: [Match.objectLike({ HeaderName: originHeader })],
          }),
        ]),
      },
    });
  });

  it('sends the same headers as this machine, and https for two years', () => {
    template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: {
        CustomHeadersConfig: {
          Items: Match.arrayWith([Match.objectLike({ Header: 'permissions-policy', Override: true })]),
        },
        SecurityHeadersConfig: {
          ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, Override: true },
        },
      },
    });
    const policies = Object.entries(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const [[policyId, policy] = []] = policies;
    const text = JSON.stringify(policy);
    expect(text).toContain("default-src 'none'; script-src 'self'");
    expect(text).not.toContain('unsafe-inline');
    // Every one of them, and with every file.
    const { CustomHeadersConfig, SecurityHeadersConfig } =
      policy?.['Properties'].ResponseHeadersPolicyConfig ?? {};
    const custom: readonly { Header: string; Value: string }[] = CustomHeadersConfig.Items;
    const here = webHeaders({ uploads: 'https://uploads.example' });
    const own = Object.fromEntries(custom.map(({ Header, Value }) => [Header, Value]));
    expect(here).toMatchObject(own);
    expect(Object.keys(SecurityHeadersConfig).toSorted()).toEqual([
      'ContentSecurityPolicy',
      'ContentTypeOptions',
      'FrameOptions',
      'ReferrerPolicy',
      'StrictTransportSecurity',
    ]);
    expect(Object.keys(here).filter((header) => !(header in own))).toEqual([
      'content-security-policy',
      'referrer-policy',
      'x-content-type-options',
      'x-frame-options',
    ]);
    expect(behaviours()['*']).toMatchObject({
      ResponseHeadersPolicyId: { Ref: policyId },
      ViewerProtocolPolicy: 'redirect-to-https',
    });
  });

  it('tells the API whose request it is, whatever the caller says of it', () => {
    const request = { headers: { [sourceHeader]: { value: '10.0.0.1:1' } } };
    const told = edgeFunction('NameTheViewer')({ request, viewer: { ip: '2001:db8::7' } });
    expect(told).toEqual({ headers: { [sourceHeader]: { value: '2001:db8::7:0' } } });
  });

  it.each([
    ['/', '/index.html'],
    ['/look', '/index.html'],
    ['/scans/AAAAAAAAAAAAAAAAAAAAAA', '/index.html'],
    ['/assets/index-1.js', '/assets/index-1.js'],
    ['/icon-192.png', '/icon-192.png'],
  ])('answers %s with %s', (asked, given) => {
    const run = edgeFunction('ToTheOnePage');
    expect(run({ request: { uri: asked } })).toEqual({ uri: given });
  });
});
