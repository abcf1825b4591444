/** Images and surfaces: what operations take and give. */
import { wrongArgument } from './errors.js';
import { native, type ImageHandle, type Label, type MeshHandle, type TransformHandle, type ValueHandle } from './native.js';
import type { DType, TypedArrays } from './types.js';

/** Key of the addon's handle; not part of the public face. */
export const HANDLE: unique symbol = Symbol('tomo.handle');

/**
 * Voxels with a place in the patient. x runs fastest; lengths are millimeters, positions LPS, as in DICOM and ITK.
 * The memory goes when the object is collected, or at once with close() or `await using`.
 */
export class MedicalImage<D extends DType = DType> {
  readonly [HANDLE]: ImageHandle;
  /** Type of one number. */
  readonly dtype: D;
  /** Numbers a voxel: 1 gray, 2 complex, 3 RGB, 4 RGBA. */
  readonly components: number;
  /** Voxels along x, y, and if there are such axes z and t. */
  readonly size: readonly number[];
  /** Millimeters along each axis, seconds along t. */
  readonly spacing: readonly number[];
  /** Center of the first voxel. */
  readonly origin: readonly number[];
  /** 3 x 3, row by row; its columns are the directions of the axes. */
  readonly direction: readonly number[];
  /** Letters of the axes' positive ends, such as `LPS`. */
  readonly orientation: string;
  /** Volume of one voxel in cubic millimeters. */
  readonly voxelMm3: number;
  /** What was odd about the file it came from. */
  readonly remarks: readonly string[];
  #array: { data: TypedArrays[D]; shared: boolean } | undefined;

  /** @internal */
  constructor(handle: ImageHandle, remarks: readonly string[] = []) {
    const info = native.imageInfo(handle);
    this[HANDLE] = handle;
    this.dtype = info.dtype as D;
    this.components = info.components;
    this.size = info.size;
    this.spacing = info.spacing;
    this.origin = info.origin;
    this.direction = info.direction;
    this.orientation = info.orientation;
    this.voxelMm3 = info.voxelMm3;
    this.remarks = remarks;
  }

  #get(): { data: TypedArrays[D]; shared: boolean } {
    // a closed image has an empty array, which must not be given as its voxels
    if (!this.#array || this.#array.data.length === 0)
      this.#array = native.imageData(this[HANDLE]) as { data: TypedArrays[D]; shared: boolean };
    return this.#array;
  }

  /**
   * The voxels: not a copy but the library's own memory, so what is written here is what operations read. An image that
   * came out of a file or another image (a crop) may share that memory; the file itself is never changed.
   */
  get data(): TypedArrays[D] {
    return this.#get().data;
  }

  /** Is `data` the library's memory? True, unless the runtime refuses foreign memory (Electron). */
  get shared(): boolean {
    return this.#get().shared;
  }

  /** Is the image of this type? Narrows `data`. */
  is<E extends DType>(dtype: E): this is MedicalImage<E> {
    return (this.dtype as DType) === dtype;
  }

  /** One number; whole numbers past 2^53 are rounded. For probes, not for loops: those go over `data`. */
  at(x: number, y: number, z = 0, t = 0, component = 0): number {
    return native.imageAt(this[HANDLE], x, y, z, t, component);
  }

  /** Label table of a segmentation; empty for other images. */
  get labels(): Label[] {
    return native.imageLabels(this[HANDLE]);
  }

  /** Give the memory back now. Arrays over it become empty; using the image after that throws. */
  close(): void {
    native.imageClose(this[HANDLE]);
    this.#array = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** A triangle surface, LPS millimeters. */
export class MedicalMesh {
  readonly [HANDLE]: MeshHandle;
  #arrays: { vertices: Float32Array; normals?: Float32Array; triangles: Uint32Array } | undefined;

  /** @internal */
  constructor(handle: MeshHandle) {
    this[HANDLE] = handle;
  }

  #get(): { vertices: Float32Array; normals?: Float32Array; triangles: Uint32Array } {
    return (this.#arrays ??= native.meshData(this[HANDLE]));
  }

  /** x, y, z of each vertex. */
  get vertices(): Float32Array {
    return this.#get().vertices;
  }

  /** Unit normal of each vertex, if the mesh has them. */
  get normals(): Float32Array | undefined {
    return this.#get().normals;
  }

  /** Three vertex numbers a triangle. */
  get triangles(): Uint32Array {
    return this.#get().triangles;
  }

  /** Using the mesh after this throws. Arrays that were handed out stay good: they hold their memory themselves. */
  close(): void {
    native.meshClose(this[HANDLE]);
    this.#arrays = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** A transform of space: maps points in LPS millimeters, and images by way of `run(..., 'filter.resample')`. */
export class MedicalTransform {
  readonly [HANDLE]: TransformHandle;

  /** @internal */
  constructor(handle: TransformHandle) {
    this[HANDLE] = handle;
  }

  /** ITK's name, such as `Euler3DTransform_double_3_3`. */
  get name(): string {
    return native.transformName(this[HANDLE]);
  }

  /** Where points lie after the transform; x, y, z each. */
  points(points: ArrayLike<number>): Float64Array {
    const out = Float64Array.from(points);
    native.transformPoints(this[HANDLE], out);
    return out;
  }

  /** Using the transform after this throws. */
  close(): void {
    native.transformClose(this[HANDLE]);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** What operations take and give. */
export type MedicalValue = MedicalImage | MedicalMesh | MedicalTransform;

/** The handle of an image, mesh or transform, for calls that take one. */
export function handleOf(value: MedicalValue, what: string): ValueHandle {
  if (!(value instanceof MedicalImage) && !(value instanceof MedicalMesh) && !(value instanceof MedicalTransform))
    throw wrongArgument(`${what}: expected a MedicalImage, a MedicalMesh or a MedicalTransform`);
  return value[HANDLE];
}
