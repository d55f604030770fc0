/**
 * The app and the API under one domain: CloudFront before a private bucket of built files and before the API, which
 * answers nobody else. The headers are those that this machine serves too. No access log: a line of it would keep an
 * address beside a scan's id (ONE-6).
 */
/* oxlint-disable eslint/no-new -- a construct adds itself to its scope */
import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  type BehaviorOptions,
  type FunctionAssociation,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { namesOf } from '../names.ts';
import type { Settings } from '../settings.ts';
import { originHeader, sourceHeader, webHeaders } from '../web-headers.ts';

export interface WebStackProps extends StackProps {
  readonly settings: Settings;
  /** Where people open the app. */
  readonly domain: NonNullable<Settings['domain']>;
  /** The API's own address, `https://ID.execute-api.REGION.amazonaws.com`. */
  readonly apiUrl: string;
  /** What the API wants to see before it answers. */
  readonly originSecret: Secret;
}

/** As `address:port`, the form in which the API reads it; the port says nothing and is left at 0. */
const nameTheViewer = `function handler(event) {
  var request = event.request;
  request.headers['${sourceHeader}'] = { value: event.viewer.ip + ':0' };
  return request;
}`;

/** Addresses of the app have no dot in their last part; each is the app's one page to interpret. */
const toTheOnePage = `function handler(event) {
  var request = event.request;
  var last = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}`;

export class WebStack extends Stack {
  constructor(scope: Construct, id: string, props: WebStackProps) {
    const { settings, domain, apiUrl, originSecret, ...stackProps } = props;
    super(scope, id, stackProps);
    const names = namesOf(this, settings);
    const bucket = new Bucket(this, 'Files', {
      bucketName: names.webBucket,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // Built files alone; the next publication makes them again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const api: BehaviorOptions = {
      origin: new HttpOrigin(Fn.select(2, Fn.split('/', apiUrl)), {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        // In the template it is a reference, resolved when CloudFormation sets the header.
        customHeaders: { [originHeader]: originSecret.secretValue.unsafeUnwrap() },
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      // Nothing of a person is kept at the edge; the host header must stay the API's own.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      functionAssociations: [atTheEdge(this, 'NameTheViewer', nameTheViewer)],
      compress: true,
    };
    const distribution = new Distribution(this, 'Distribution', {
      comment: `onceover ${settings.environment}`,
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      ...(domain.webAclArn === undefined ? {} : { webAclId: domain.webAclArn }),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- aws-cdk's class differs from its own interface in optional properties
        origin: S3BucketOrigin.withOriginAccessControl(bucket as IBucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        // Each file says how long it may be kept.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: pageHeaders(this, settings),
        functionAssociations: [atTheEdge(this, 'ToTheOnePage', toTheOnePage)],
        compress: true,
      },
      additionalBehaviors: { '/v1/*': api, '/.well-known/*': api },
    });
    acknowledge(distribution, bucket, domain);
    new CfnOutput(this, 'Bucket', { value: bucket.bucketName });
    new CfnOutput(this, 'Address', { value: `https://${domain.name}` });
    new CfnOutput(this, 'PointDomainTo', { value: distribution.distributionDomainName });
  }
}

/** A few lines that run before each request, in a place that has no network and no storage. */
function atTheEdge(scope: Construct, id: string, code: string): FunctionAssociation {
  return {
    eventType: FunctionEventType.VIEWER_REQUEST,
    function: new EdgeFunction(scope, id, {
      code: FunctionCode.fromInline(code),
      runtime: FunctionRuntime.JS_2_0,
    }),
  };
}

/** The one list of headers, as CloudFront wants it. */
function pageHeaders(scope: Stack, settings: Settings): ResponseHeadersPolicy {
  const names = namesOf(scope, settings);
  const uploads = `https://${names.uploadBucket}.s3.${scope.region}.amazonaws.com`;
  const headers = webHeaders({ uploads });
  const known = new Set([
    'content-security-policy',
    'referrer-policy',
    'x-content-type-options',
    'x-frame-options',
  ]);
  const override = true;
  return new ResponseHeadersPolicy(scope, 'PageHeaders', {
    responseHeadersPolicyName: `${names.tablePrefix}pages`,
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: headers['content-security-policy'] ?? '',
        override,
      },
      contentTypeOptions: { override },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(730),
        includeSubdomains: true,
        override,
      },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(headers)
        .filter(([header]) => !known.has(header))
        .map(([header, value]) => ({ header, value, override })),
    },
  });
}

function acknowledge(distribution: Distribution, bucket: Bucket, domain: WebStackProps['domain']): void {
  Validations.of(distribution).acknowledge(
    {
      id: 'AwsSolutions::AwsSolutions-CFR1',
      reason:
        'Where the product is offered is a matter of its terms, and a border would be guessed from an address.',
    },
    ...(domain.webAclArn === undefined
      ? [
          {
            id: 'AwsSolutions::AwsSolutions-CFR2',
            reason:
              'Pages are static, and the API throttles and validates by itself; the setting domain.webAclArn puts a firewall before both.',
          },
        ]
      : []),
    {
      id: 'AwsSolutions::AwsSolutions-CFR3',
      reason: 'ONE-6: a line of the log would keep the address of a person beside the id of a scan.',
    },
  );
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason: 'The files are public by way of CloudFront, and who fetched which is nobody’s business.',
  });
}
