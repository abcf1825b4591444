/** Image analysis: load, filter, measure. */
import { call } from './call.js';
import { handleOf, MedicalImage, MedicalTransform, type MedicalValue } from './image.js';
import { native } from './native.js';
import type {
  FilterGaussOptions,
  FilterResampleOptions,
  FilterRotateOptions,
  ImageCropOptions,
  ImageFlipOptions,
  RegisterAffineOptions,
  RegisterRigidOptions,
} from './ops.gen.js';
import { run } from './run.js';
import type { ProgressOptions } from './types.js';

export interface LoadOptions extends ProgressOptions {
  /** Series Instance UID where a folder holds several; the largest series else. */
  series?: string | undefined;
}

/** Statistics of all voxels, or of those inside a mask. If none counts, all but sum and counts are NaN. */
export interface Statistics {
  min: number;
  max: number;
  mean: number;
  /** Standard deviation of the population. */
  std: number;
  sum: number;
  median: number;
  /** Percentiles, by linear interpolation. */
  percentiles: { 1: number; 5: number; 50: number; 95: number; 99: number };
  /** Numbers that count: inside the mask, not NaN. */
  count: number;
  nanCount: number;
}

/** Numbers that JSON can't hold (NaN) come as null. */
const number = (value: unknown): number => (typeof value === 'number' ? value : NaN);

/** Options of a registration, with what else may go in. */
export type RegisterOptions<O> = O &
  ProgressOptions & {
    /** Where the fixed image counts (not 0), on its grid. */
    fixedMask?: MedicalImage | undefined;
    /** The same for the moving image. */
    movingMask?: MedicalImage | undefined;
    /** Where to begin. */
    initial?: MedicalTransform | undefined;
  };

/** What a registration gives. */
export interface Registered {
  /** The moving image on the fixed one's grid, sampled once. */
  image: MedicalImage;
  /** Points of the fixed image to points of the moving one, LPS mm. */
  transform: MedicalTransform;
  inverse: MedicalTransform;
  /** Parameters, and the metric after each step of each level. */
  numbers: Record<string, unknown>;
}

function registerInputs(
  fixed: MedicalImage,
  moving: MedicalImage,
  fixedMask: MedicalImage | undefined,
  movingMask: MedicalImage | undefined,
  initial: MedicalTransform | undefined,
) {
  return {
    fixed,
    moving,
    ...(fixedMask && { fixedMask }),
    ...(movingMask && { movingMask }),
    ...(initial && { initial }),
  };
}

export class ImageAnalyzer {
  /** Load a DICOM folder or file (as one volume, in HU for CT), or a NIfTI volume. */
  async loadImage(path: string, options: LoadOptions = {}): Promise<MedicalImage> {
    const { image, remarks } = await call(options, (job) => native.imageLoad(path, options.series, job));
    return new MedicalImage(image, remarks);
  }

  /** Write an image (.nii, .nii.gz, .png), a mesh (.stl, .ply) or a transform (.tfm, .txt): whole or not at all. */
  async saveImage(value: MedicalValue, path: string, options: ProgressOptions = {}): Promise<void> {
    await call(options, (job) => native.save(handleOf(value, 'saveImage'), path, job));
  }

  /** Load a transform: an Insight Transform File (.tfm, .txt), or an image of displacements. */
  async loadTransform(path: string, options: ProgressOptions = {}): Promise<MedicalTransform> {
    return new MedicalTransform(await call(options, (job) => native.transformLoad(path, job)));
  }

  /** Sample on another grid (spacing or size, or that of `like`), or through a transform that maps points of the result
   * to points of the input. */
  resample(
    image: MedicalImage,
    options: FilterResampleOptions &
      ProgressOptions & { like?: MedicalImage | undefined; transform?: MedicalTransform | undefined } = {},
  ): Promise<MedicalImage> {
    const { like, transform, ...rest } = options;
    return run({ image, ...(like && { like }), ...(transform && { transform }) }, 'filter.resample', rest);
  }

  /** Turn what is seen by `angle` degrees about an axis of the image, x toward y about z. */
  rotate(image: MedicalImage, options: FilterRotateOptions & ProgressOptions): Promise<MedicalImage> {
    return run(image, 'filter.rotate', options);
  }

  /** Reverse the order of voxels along axes; each keeps its place in the patient unless `mirror` is set. */
  flip(image: MedicalImage, options: ImageFlipOptions & ProgressOptions): Promise<MedicalImage> {
    return run(image, 'image.flip', options);
  }

  /** Cut out a box given in voxels, in millimeters, or by a mask. */
  crop(
    image: MedicalImage,
    options: ImageCropOptions & ProgressOptions & { mask?: MedicalImage | undefined },
  ): Promise<MedicalImage> {
    const { mask, ...rest } = options;
    return run(mask ? { image, mask } : { image }, 'image.crop', rest);
  }

  /** The rotation and shift that bring `moving` over `fixed`: the moving image on the fixed one's grid, the transform
   * (points of the fixed image to points of the moving one), its inverse, and numbers: the parameters, and the metric
   * after each step. */
  registerRigid(fixed: MedicalImage, moving: MedicalImage, options: RegisterOptions<RegisterRigidOptions> = {}): Promise<Registered> {
    const { fixedMask, movingMask, initial, ...rest } = options;
    return run(registerInputs(fixed, moving, fixedMask, movingMask, initial), 'register.rigid', rest);
  }

  /** The affine transform that brings `moving` over `fixed`; results as of registerRigid. */
  registerAffine(fixed: MedicalImage, moving: MedicalImage, options: RegisterOptions<RegisterAffineOptions> = {}): Promise<Registered> {
    const { fixedMask, movingMask, initial, ...rest } = options;
    return run(registerInputs(fixed, moving, fixedMask, movingMask, initial), 'register.affine', rest);
  }

  /** Blur by a Gaussian of `sigma` millimeters. */
  gaussianSmooth(image: MedicalImage, options: FilterGaussOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.gauss', options);
  }

  /** Minimum, maximum, mean, spread, percentiles. */
  async getStatistics(
    image: MedicalImage,
    options: ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<Statistics> {
    const { mask, ...rest } = options;
    const s = await run(mask ? { image, mask } : { image }, 'image.stats', rest);
    const [p1, p5, p50, p95, p99] = [s['p1'], s['p5'], s['p50'], s['p95'], s['p99']].map(number) as Five;
    return {
      min: number(s['min']),
      max: number(s['max']),
      mean: number(s['mean']),
      std: number(s['std']),
      sum: number(s['sum']),
      median: p50,
      percentiles: { 1: p1, 5: p5, 50: p50, 95: p95, 99: p99 },
      count: number(s['count']),
      nanCount: number(s['nanCount']),
    };
  }
}

type Five = [number, number, number, number, number];
