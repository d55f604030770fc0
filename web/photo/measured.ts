/** What the photo worker is asked and answers. Types alone. */

/** What a device can measure of a photo before it is sent, on the pixels that the model will look at. */
export interface Measured {
  /** Upright size before shrinking. */
  readonly width: number;
  readonly height: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface PrepareRequest {
  readonly file: Blob;
  readonly longEdge: number;
  /** The model's input, on which the measures are taken. */
  readonly input: { readonly width: number; readonly height: number };
}

/** A photo that is ready to be sent. */
export interface Prepared {
  readonly kind: 'prepared';
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Size of what is sent. */
  readonly sentWidth: number;
  readonly sentHeight: number;
  readonly measured: Measured;
  /** What the model looks at: the centre of the photo. The receiver closes it. */
  readonly preview: ImageBitmap;
}

/** The device cannot decode these bytes; `format` says what they are. */
export interface Undecodable {
  readonly kind: 'undecodable';
  readonly format: string;
}

export type PrepareAnswer = Prepared | Undecodable;
