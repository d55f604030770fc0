/**
 * What AWS asks, in US dollars, as of the month below for us-east-1, without free tiers. The dashboard and docs/costs.md
 * compute with these. Check them at the pages named before you rely on one; a price that changed is changed here, with
 * the month.
 */

/** Prices, and the pages that say them. */
export const prices = {
  asOf: '2026-11',
  region: 'us-east-1',
  sources: [
    'https://aws.amazon.com/lambda/pricing/',
    'https://aws.amazon.com/s3/pricing/',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    'https://aws.amazon.com/api-gateway/pricing/',
    'https://aws.amazon.com/kms/pricing/',
    'https://aws.amazon.com/cloudwatch/pricing/',
    'https://aws.amazon.com/secrets-manager/pricing/',
    'https://aws.amazon.com/cognito/pricing/',
    'https://aws.amazon.com/cloudfront/pricing/',
    'https://aws.amazon.com/eventbridge/pricing/',
  ],
  lambdaGbSecond: { x86_64: 16.67 / 1_000_000, arm64: 13.33 / 1_000_000 },
  lambdaRequest: 0.2 / 1_000_000,
  s3Put: 5 / 1_000_000,
  s3Get: 0.4 / 1_000_000,
  /** On demand, a write of up to 1 KB; a transaction counts twice. */
  dynamoWrite: 0.625 / 1_000_000,
  /** On demand, a strong read of up to 4 KB. */
  dynamoRead: 0.125 / 1_000_000,
  /** One call of EventBridge Scheduler. */
  schedulerCall: 1 / 1_000_000,
  httpApiRequest: 1 / 1_000_000,
  /** HTTPS, from North America and Europe. */
  cloudFrontRequest: 1 / 1_000_000,
  cloudFrontFunction: 0.1 / 1_000_000,
  /** To people, the first 10 TB of a month. */
  cloudFrontGb: 0.085,
  kmsKeyMonth: 1,
  kmsRequest: 3 / 1_000_000,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  customMetricMonth: 0.3,
  dashboardMonth: 3,
  logIngestGb: 0.5,
  /** A user who was active in the month, Essentials plan. */
  cognitoActiveUserMonth: 0.015,
} as const;
