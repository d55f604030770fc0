/** Which function performs which operation. Decides nothing itself. */
import type { Answer, Call } from './call.ts';
import { listObjects, listUploads } from './listings.ts';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart.ts';
import { deleteObject, deleteObjects, getObject, putObject } from './objects.ts';
import type { S3Operation } from './operations.ts';

const performers: Readonly<Record<S3Operation, (call: Call) => Answer>> = {
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: getObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjects,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListMultipartUploads: listUploads,
};

/** Performs an admitted call in one synchronous step; throws the S3Error that it is refused with. */
export function perform(operation: S3Operation, call: Call): Answer {
  return performers[operation](call);
}
