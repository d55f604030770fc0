/** An API function that sends back the body it got. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: event.body ?? '',
    isBase64Encoded: event.isBase64Encoded,
  };
}
