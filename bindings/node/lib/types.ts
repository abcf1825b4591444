/** Types that several files use. */

/** Type of one number in an image, as NumPy names it, with the array that holds it. */
export interface TypedArrays {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  uint64: BigUint64Array;
  int64: BigInt64Array;
  float32: Float32Array;
  float64: Float64Array;
}
export type DType = keyof TypedArrays;
export type TypedArray = TypedArrays[DType];

/** What every call that takes long understands. */
export interface CallOptions {
  /** Aborting it rejects the promise with an `AbortError`; the work stops soon after. */
  signal?: AbortSignal | undefined;
}

/** And one that says how far it is. */
export interface ProgressOptions extends CallOptions {
  /** Called about 20 times a second with the part done, 0 to 1, and once with 1 at the end. */
  onProgress?: ((done: number) => void) | undefined;
}
