/** Bytes of a photo and their SHA-256, by WebCrypto alone. Keeps nothing. */

/** What a photo may be given as. */
export type PhotoBytes = Uint8Array<ArrayBuffer> | ArrayBuffer | Blob;

/** The photo in memory, without a copy where there is none to make. */
export async function bytesOf(photo: PhotoBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (photo instanceof Uint8Array) return photo;
  return new Uint8Array(photo instanceof ArrayBuffer ? photo : await photo.arrayBuffer());
}

/** SHA-256, base64, as a ticket states it. Browsers offer WebCrypto on https and localhost only. */
export async function sha256Base64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCodePoint(...digest));
}
