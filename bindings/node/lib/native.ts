/** The addon, typed. Nothing outside lib/ should need this. */
import { createRequire } from 'node:module';
import { TomoError } from './errors.js';
import type { DType, TypedArray } from './types.js';

declare const brand: unique symbol;
interface Handle<Kind extends string> {
  readonly [brand]: Kind;
}
export type JobHandle = Handle<'job'>;
export type DatasetHandle = Handle<'dataset'>;
export type ImageHandle = Handle<'image'>;
export type MeshHandle = Handle<'mesh'>;
export type TransformHandle = Handle<'transform'>;
/** What operations take and give. */
export type ValueHandle = ImageHandle | MeshHandle | TransformHandle;

/** One value of an element as the addon gives it. */
export type NativeValue = string | number | bigint | null | Uint8Array | DatasetHandle | NativeValue[];

export interface NativePixelsInfo {
  columns: number;
  rows: number;
  frames: number;
  samples: number;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  signed: boolean;
  float: boolean;
  photometric: string;
  hasRescale: boolean;
  slope: number;
  intercept: number;
  windowCenter: number;
  windowWidth: number;
  spacing: [number, number];
  transferSyntax: string;
}

export interface NativeImageInfo {
  dtype: DType;
  components: number;
  size: number[];
  spacing: number[];
  origin: number[];
  direction: number[];
  orientation: string;
  voxelMm3: number;
}

/** One row of the label table of a segmentation. */
export interface Label {
  /** Number in the voxels. */
  value: number;
  name: string;
  /** SNOMED CT code, '' if none. */
  code: string;
  /** How it was found, or why it was declined; '' if none. */
  note: string;
  /** 0 to 1; NaN if it was not estimated. */
  confidence: number;
  /** Red, green, blue, opacity; 0 to 255. */
  color: number[];
}

export interface Native {
  about(): { version: string; threads: number; cpu: 'c' | 'avx2' | 'avx512'; memory: number; memoryPeak: number };
  trim(): void;
  setErrorClass(errors: typeof TomoError): void;

  /** Cancel every running call. */
  cancelAll(): void;
  jobNew(): JobHandle;
  jobCancel(job: JobHandle): void;
  jobProgress(job: JobHandle): number;

  datasetOpen(
    path: string,
    options: {
      force?: boolean | undefined;
      stopBeforePixels?: boolean | undefined;
      specificTags?: readonly string[] | undefined;
    },
    job?: JobHandle,
  ): Promise<DatasetHandle>;
  datasetValue(ds: DatasetHandle, path: string, strict: boolean): NativeValue | undefined;
  datasetValues(ds: DatasetHandle, paths: readonly string[]): (NativeValue | undefined)[];
  datasetHas(ds: DatasetHandle, path: string): boolean;
  datasetKeys(ds: DatasetHandle): string[];
  datasetSyntax(ds: DatasetHandle): string;
  datasetJson(ds: DatasetHandle, inlineLimit: number): string;
  datasetRemarks(ds: DatasetHandle): string[];
  datasetClose(ds: DatasetHandle): void;
  pixelsInfo(ds: DatasetHandle): NativePixelsInfo;
  pixels(ds: DatasetHandle, frame: number, job?: JobHandle): Promise<ImageHandle>;

  imageLoad(path: string, series?: string, job?: JobHandle): Promise<{ image: ImageHandle; remarks: string[] }>;
  imageNew(data: TypedArray, dims: number, components: number, place: Float64Array): ImageHandle;
  imageInfo(image: ImageHandle): NativeImageInfo;
  imageData(image: ImageHandle): { data: TypedArray; shared: boolean };
  imageAt(image: ImageHandle, x: number, y: number, z: number, t: number, component: number): number;
  imageLabels(image: ImageHandle): Label[];
  imageClose(image: ImageHandle): void;

  meshData(mesh: MeshHandle): { vertices: Float32Array; normals?: Float32Array; triangles: Uint32Array };
  meshClose(mesh: MeshHandle): void;

  transformLoad(path: string, job?: JobHandle): Promise<TransformHandle>;
  transformName(transform: TransformHandle): string;
  transformPoints(transform: TransformHandle, points: Float64Array): void;
  transformClose(transform: TransformHandle): void;

  opRun(
    name: string,
    inputs: Record<string, ValueHandle | undefined>,
    options: object | undefined,
    job?: JobHandle,
  ): Promise<Record<string, ValueHandle | string | undefined>>;
  opsJson(): string;
  save(value: ValueHandle, path: string, job?: JobHandle): Promise<void>;

  /** For tests: where a typed array begins in memory. */
  testAddressOf(array: ArrayBufferView | ArrayBuffer): bigint;
  /** For tests: where the library keeps the first voxel. */
  testImageAddress(image: ImageHandle): bigint;
}

function load(): Native {
  const file = new URL('../build/tomo.node', import.meta.url).pathname; // from lib/ and from dist/
  const addon = createRequire(import.meta.url)(decodeURIComponent(file)) as Native;
  addon.setErrorClass(TomoError);
  process.once('exit', () => addon.cancelAll()); // Node waits for work that has begun
  return addon;
}

export const native: Native = load();
