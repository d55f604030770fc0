/**
 * The errors that the embedded S3 answers: the codes of the AWS S3 API reference ("Error responses") with
 * their statuses, and nothing else. Must not decide when an error applies.
 */

interface ErrorKind {
  readonly status: number;
  readonly message: string;
}

const kinds = {
  AccessDenied: { status: 403, message: 'Access Denied' },
  AccessForbidden: { status: 403, message: 'CORSResponse: This CORS request is not allowed.' },
  AuthorizationHeaderMalformed: { status: 400, message: 'The authorization header is malformed.' },
  AuthorizationQueryParametersError: { status: 400, message: 'The query authorization is malformed.' },
  BadDigest: { status: 400, message: 'The checksum you specified did not match the calculated checksum.' },
  BadRequest: { status: 400, message: 'Insufficient information for a CORS preflight.' },
  EntityTooLarge: { status: 400, message: 'Your proposed upload exceeds the maximum allowed size.' },
  EntityTooSmall: { status: 400, message: 'A part other than the last is smaller than 5 MiB.' },
  IncompleteBody: { status: 400, message: 'The body does not have the number of bytes that was stated.' },
  InternalError: { status: 500, message: 'We encountered an internal error. Please try again.' },
  InvalidAccessKeyId: { status: 403, message: 'The access key id does not exist in our records.' },
  InvalidArgument: { status: 400, message: 'Invalid argument.' },
  InvalidDigest: { status: 400, message: 'The digest you specified is not valid.' },
  InvalidPart: { status: 400, message: 'One or more of the specified parts could not be found.' },
  InvalidPartOrder: { status: 400, message: 'The list of parts was not in ascending order.' },
  InvalidRequest: { status: 400, message: 'Invalid request.' },
  InvalidToken: { status: 400, message: 'The provided token is malformed or otherwise not valid.' },
  InvalidURI: { status: 400, message: "Couldn't parse the specified URI." },
  KeyTooLongError: { status: 400, message: 'Your key is too long.' },
  MalformedTrailerError: { status: 400, message: 'The trailing checksum is missing or malformed.' },
  MalformedXML: { status: 400, message: 'The XML you provided was not well formed or did not validate.' },
  MethodNotAllowed: { status: 405, message: 'The specified method is not allowed against this resource.' },
  MissingContentLength: { status: 411, message: 'You must provide the Content-Length HTTP header.' },
  NoSuchBucket: { status: 404, message: 'The specified bucket does not exist.' },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.' },
  NoSuchUpload: { status: 404, message: 'The specified multipart upload does not exist.' },
  NotImplemented: { status: 501, message: 'The request implies functionality that is not implemented.' },
  PreconditionFailed: {
    status: 412,
    message: 'At least one of the preconditions you specified did not hold.',
  },
  RequestTimeTooSkewed: { status: 403, message: 'The request time differs too much from the current time.' },
  SignatureDoesNotMatch: {
    status: 403,
    message: 'The signature we calculated does not match the signature you provided.',
  },
  XAmzContentSHA256Mismatch: {
    status: 400,
    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
  },
} as const satisfies Record<string, ErrorKind>;

/** The closed list of codes that the embedded S3 answers of its own accord (faults may answer any other). */
export type S3ErrorCode = keyof typeof kinds;

/** A refusal that becomes an XML error answer. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;

  constructor(code: S3ErrorCode, message: string = kinds[code].message) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.status = kinds[code].status;
  }
}
