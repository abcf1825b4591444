/** Image analysis: load, filter, measure. */
import { call } from './call.js';
import { handleOf, MedicalImage, type MedicalMesh } from './image.js';
import { native } from './native.js';
import type { FilterGaussOptions } from './ops.gen.js';
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

export class ImageAnalyzer {
  /** Load a DICOM folder or file (as one volume, in HU for CT), or a NIfTI volume. */
  async loadImage(path: string, options: LoadOptions = {}): Promise<MedicalImage> {
    const { image, remarks } = await call(options, (job) => native.imageLoad(path, options.series, job));
    return new MedicalImage(image, remarks);
  }

  /** Write an image (.nii, .nii.gz, .png) or a mesh (.stl, .ply): whole or not at all. */
  async saveImage(value: MedicalImage | MedicalMesh, path: string, options: ProgressOptions = {}): Promise<void> {
    await call(options, (job) => native.save(handleOf(value, 'saveImage'), path, job));
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
