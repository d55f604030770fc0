/** The AWS SDK clients of a function: one each, made at start, with timeouts that fit a 30 s function. */
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000 };

/** Endpoint, region and credentials come from the standard AWS variables of the environment. */
export function createDynamoClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler, maxAttempts: 4 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/**
 * Path-style addresses where an endpoint is given (the embedded cloud and emulators have no wildcard DNS).
 * WHEN_REQUIRED keeps the SDK from adding a CRC32 of an empty body to presigned addresses.
 */
export function createS3Client(): S3Client {
  return new S3Client({
    requestHandler,
    maxAttempts: 4,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle:
      process.env['AWS_ENDPOINT_URL'] !== undefined || process.env['AWS_ENDPOINT_URL_S3'] !== undefined,
  });
}

/** Sends mail. */
export function createSesClient(): SESv2Client {
  return new SESv2Client({ requestHandler, maxAttempts: 3 });
}

/** Asks the user pool. */
export function createCognitoClient(): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({ requestHandler, maxAttempts: 3 });
}
