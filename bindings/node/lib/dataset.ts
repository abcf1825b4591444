/** A DICOM data set: elements by keyword, read when they are asked for. */
import { TomoError, wrongArgument } from './errors.js';
import type { DicomKeywords } from './keywords.gen.js';
import { native, type DatasetHandle, type NativeValue } from './native.js';

/** What an element may hold. `null` is present but empty; an absent element reads as `undefined`. */
export type DicomValue = string | number | bigint | null | Uint8Array | DicomDataset | DicomValue[];

/** Key of the addon's handle; not part of the public face. */
export const HANDLE: unique symbol = Symbol('tomo.dataset');

/** Key of the path that a data set was read from, absent for items of sequences; not part of the public face. */
export const PATH: unique symbol = Symbol('tomo.path');

/**
 * Elements are properties named by their keyword: `ds.PatientName`, `ds.Rows`, `ds.PixelSpacing[0]`.
 *
 * Numbers (DS, IS, FL, FD, SL, SS, UL, US, SV, UV) are numbers, or BigInts past 2^53; binary values (OB, OW, ..., UN) are
 * copies of the bytes in the file's byte order; everything else is text in UTF-16, decoded from the data set's
 * character set, padding trimmed. Attributes that may have several values by the dictionary are always arrays.
 * Sequences are arrays of data sets. The data set is read-only.
 */
export interface DicomDataset extends DicomKeywords {}
export class DicomDataset {
  /** @internal */
  readonly [HANDLE]: DatasetHandle;
  /** @internal */
  readonly [PATH]: string | undefined;

  /** @internal */
  constructor(handle: DatasetHandle, path?: string) {
    this[HANDLE] = handle;
    this[PATH] = path;
    return new Proxy(this, keywords);
  }

  /** By keyword, or by path: `'ReferencedSeriesSequence[0].SeriesInstanceUID'`, `'00100020'`, `'(0009,1010)'`. */
  get<K extends keyof DicomKeywords>(keyword: K): DicomKeywords[K];
  get(path: string): DicomValue | undefined;
  get(path: string): unknown {
    return wrap(native.datasetValue(this[HANDLE], path, true));
  }

  /** Is the element there, be it empty? */
  has(path: keyof DicomKeywords | (string & {})): boolean {
    return native.datasetHas(this[HANDLE], path);
  }

  /** Keywords of the elements, in tag order; the tag in eight digits where the dictionary has none. */
  keys(): string[] {
    return native.datasetKeys(this[HANDLE]);
  }

  /** Transfer syntax UID of the file. */
  get transferSyntax(): string {
    return native.datasetSyntax(this[HANDLE]);
  }

  /** What was odd about the file but could be read. */
  get remarks(): string[] {
    return native.datasetRemarks(this[HANDLE]);
  }

  /** DICOM JSON model (PS3.18 F). Binary values up to `inlineLimit` bytes are inline, larger ones a BulkDataURI. */
  toJSON(inlineLimit?: number): Record<string, unknown> {
    // JSON.stringify() calls this with a key
    const limit = typeof inlineLimit === 'number' ? inlineLimit : 1024;
    return JSON.parse(native.datasetJson(this[HANDLE], limit)) as Record<string, unknown>;
  }

  /** Give back the file and its memory now, not when the object is collected. Closes its items, too. */
  close(): void {
    native.datasetClose(this[HANDLE]);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** No values: what is printed ends up in logs. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'DicomDataset {}';
  }
}

const keywords: ProxyHandler<DicomDataset> = {
  get(target, property) {
    if (typeof property === 'symbol' || property in target) {
      const own: unknown = Reflect.get(target, property);
      return own;
    }
    return wrap(native.datasetValue(target[HANDLE], property, false));
  },
  has(target, property) {
    return Reflect.has(target, property) || (typeof property === 'string' && native.datasetHas(target[HANDLE], property));
  },
  set(_target, property) {
    throw new TomoError(`${String(property)} can't be set: data sets are read-only here`, 'TOMO_E_UNSUPPORTED', -7);
  },
  defineProperty(_target, property) {
    throw new TomoError(`${String(property)} can't be set: data sets are read-only here`, 'TOMO_E_UNSUPPORTED', -7);
  },
  deleteProperty(_target, property) {
    throw new TomoError(`${String(property)} can't be deleted: data sets are read-only here`, 'TOMO_E_UNSUPPORTED', -7);
  },
};

/** Handles of items become data sets. */
function wrap(value: NativeValue | undefined): DicomValue | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (!Array.isArray(value)) return new DicomDataset(value);
  const first = value[0];
  const items = typeof first === 'object' && first !== null;
  return items ? value.map((item) => new DicomDataset(item as DatasetHandle)) : (value as DicomValue[]);
}

/** The handle of a data set, for calls that take one. */
export function handleOf(ds: DicomDataset): DatasetHandle {
  if (!(ds instanceof DicomDataset)) throw wrongArgument('expected a DicomDataset');
  return ds[HANDLE];
}
