/** Image analysis: load, filter, measure. */
import { call } from './call.js';
import { PATH, type DicomDataset } from './dataset.js';
import { wrongArgument } from './errors.js';
import { handleOf, MedicalImage, MedicalTransform, type MedicalValue } from './image.js';
import { native } from './native.js';
import type {
  FilterBilateralOptions,
  FilterCannyOptions,
  FilterClaheOptions,
  FilterCloseOptions,
  FilterDiffusionOptions,
  FilterDilateOptions,
  FilterEqualizeOptions,
  FilterErodeOptions,
  FilterGaussOptions,
  FilterGradientOptions,
  FilterLogOptions,
  FilterMedianOptions,
  FilterOpenOptions,
  FilterResampleOptions,
  FilterRotateOptions,
  FilterSobelOptions,
  FilterStretchOptions,
  FilterUnsharpOptions,
  ImageCropOptions,
  ImageFlipOptions,
  ImageHistogramOptions,
  RegisterAffineOptions,
  RegisterRigidOptions,
  SegmentOtsuOptions,
  SegmentThresholdOptions,
} from './ops.gen.js';
import { run } from './run.js';
import type { DType, ProgressOptions, TypedArrays } from './types.js';

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

/** How many voxels lie in each of the bins of equal width between min and max. */
export interface Histogram {
  /** Left edge of the first and right edge of the last bin, which belongs to it. */
  min: number;
  max: number;
  counts: number[];
  /** Voxels outside of the edges, and those that are NaN. */
  below: number;
  above: number;
  nanCount: number;
}

/** Voxels as NumPy would have them. */
export interface ImageArray<D extends DType = DType> {
  /** Slowest axis first: `[z, y, x]`, with t before and components behind where there are several. */
  readonly shape: readonly number[];
  readonly dtype: D;
  /** The library's own memory, as `image.data`: no copy. */
  readonly data: TypedArrays[D];
}

/** Where the voxels of arrayToImage() lie. */
export interface ImagePlace {
  /** Voxels along x, y, and z and t where there are such axes. Not needed with `like`. */
  size?: readonly number[] | undefined;
  /** Millimeters along each axis; 1 where it is not given. */
  spacing?: readonly number[] | undefined;
  /** LPS position of the first voxel's center; default 0, 0, 0. */
  origin?: readonly number[] | undefined;
  /** 3 x 3, row by row, columns are the axes' directions; default the identity. */
  direction?: readonly number[] | undefined;
  /** Numbers a voxel; default 1. */
  components?: number | undefined;
  /** Size, place and components as this image has them; what is given beside it wins. */
  like?: MedicalImage | undefined;
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

  /** The volume of the file that a data set was read from: its frames, in HU for CT, with their place in the patient. */
  loadFromDataset(ds: DicomDataset, options: ProgressOptions = {}): Promise<MedicalImage> {
    const path = ds[PATH];
    if (path === undefined) throw wrongArgument('loadFromDataset: an item of a sequence has no pixels of its own');
    return this.loadImage(path, options);
  }

  /** The voxels as an array with its shape, slowest axis first, over the same memory. */
  imageToArray<D extends DType>(image: MedicalImage<D>): ImageArray<D> {
    const { dtype, components, data } = image;
    return { shape: [...[...image.size].reverse(), ...(components > 1 ? [components] : [])], dtype, data };
  }

  /** An image with a copy of these numbers, x fastest, in the array's type. */
  arrayToImage<D extends DType>(data: TypedArrays[D], place: ImagePlace): MedicalImage<D> {
    const { like } = place;
    const size = place.size ?? like?.size ?? [];
    const components = place.components ?? like?.components ?? 1;
    if (size.length < 2 || size.length > 4 || !size.every((n) => Number.isSafeInteger(n) && n > 0))
      throw wrongArgument(`arrayToImage: size is [${size.join(', ')}], expected two to four whole numbers above 0`);
    const fill = (given: readonly number[] | undefined, from: readonly number[] | undefined, base: readonly number[]) =>
      base.map((value, i) => given?.[i] ?? from?.[i] ?? value);
    const numbers = [
      ...fill(size, undefined, [1, 1, 1, 1]),
      ...fill(place.spacing, like?.spacing, [1, 1, 1, 1]),
      ...fill(place.origin, like?.origin, [0, 0, 0]),
      ...fill(place.direction, like?.direction, [1, 0, 0, 0, 1, 0, 0, 0, 1]),
    ];
    const handle = native.imageNew(data, size.length, components, Float64Array.from(numbers));
    return new MedicalImage<D>(handle);
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

  /** Middle value of each neighborhood of `radius` voxels. */
  medianFilter(image: MedicalImage, options: FilterMedianOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.median', options);
  }

  /** Smooth what is alike: near in place and in value. */
  bilateralFilter(image: MedicalImage, options: FilterBilateralOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.bilateral', options);
  }

  /** Perona and Malik's diffusion, which stops at edges; `method: 'curvature'` for the curvature's. */
  anisotropicDiffusion(
    image: MedicalImage,
    options: FilterDiffusionOptions & ProgressOptions = {},
  ): Promise<MedicalImage> {
    return run(image, 'filter.diffusion', options);
  }

  /** Strength of edges: gradient magnitude of the image smoothed by `sigma` millimeters. */
  detectEdges(image: MedicalImage, options: FilterGradientOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.gradient', options);
  }

  /** Edges one voxel wide, as a mask. */
  detectEdgesCanny(image: MedicalImage, options: FilterCannyOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.canny', options);
  }

  detectEdgesSobel(image: MedicalImage, options: FilterSobelOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.sobel', options);
  }

  /** Laplacian of the Gaussian: edges are where its sign changes. */
  detectEdgesLoG(image: MedicalImage, options: FilterLogOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.log', options);
  }

  /** CLAHE with its defaults, or the method named; the methods below take their own options. */
  enhanceContrast(
    image: MedicalImage,
    options: ProgressOptions & { method?: 'clahe' | 'equalize' | 'stretch' | undefined } = {},
  ): Promise<MedicalImage> {
    const { method = 'clahe', ...rest } = options;
    switch (method) {
      case 'clahe':
        return this.clahe(image, rest);
      case 'equalize':
        return this.equalizeHistogram(image, rest);
      case 'stretch':
        return this.stretchContrast(image, rest);
      default:
        throw wrongArgument(`enhanceContrast: method is ${String(method)}, expected clahe, equalize or stretch`);
    }
  }

  /** Spread values so that each range of them is as frequent. */
  equalizeHistogram(
    image: MedicalImage,
    options: FilterEqualizeOptions & ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<MedicalImage> {
    const { mask, ...rest } = options;
    return run(mask ? { image, mask } : { image }, 'filter.equalize', rest);
  }

  /** The same in each neighborhood, with limited contrast (CLAHE). */
  clahe(image: MedicalImage, options: FilterClaheOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.clahe', options);
  }

  /** A line through two percentiles; what lies outside is cut off. */
  stretchContrast(
    image: MedicalImage,
    options: FilterStretchOptions & ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<MedicalImage> {
    const { mask, ...rest } = options;
    return run(mask ? { image, mask } : { image }, 'filter.stretch', rest);
  }

  /** Unsharp masking. */
  sharpen(image: MedicalImage, options: FilterUnsharpOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.unsharp', options);
  }

  /** Shrink a mask by `radius` millimeters. Gray images: `run(image, 'filter.gray_erode', ...)`. */
  erode(mask: MedicalImage, options: FilterErodeOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run({ mask }, 'filter.erode', options);
  }

  /** Grow a mask. */
  dilate(mask: MedicalImage, options: FilterDilateOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run({ mask }, 'filter.dilate', options);
  }

  /** Take away from a mask what the element does not fit into. */
  morphologicalOpening(mask: MedicalImage, options: FilterOpenOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run({ mask }, 'filter.open', options);
  }

  /** Fill of a mask's outside what the element does not fit into. */
  morphologicalClosing(mask: MedicalImage, options: FilterCloseOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run({ mask }, 'filter.close', options);
  }

  /** Mask of the voxels above Otsu's threshold, which stands in the label's note. */
  thresholdOtsu(image: MedicalImage, options: SegmentOtsuOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'segment.otsu', options);
  }

  /** Mask of the voxels from `lower` to `upper`, both inside. */
  thresholdBinary(image: MedicalImage, options: SegmentThresholdOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'segment.threshold', options);
  }

  /** Voxels by value, in bins of equal width. */
  async getHistogram(
    image: MedicalImage,
    options: ImageHistogramOptions & ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<Histogram> {
    const { mask, ...rest } = options;
    const h = await run(mask ? { image, mask } : { image }, 'image.histogram', rest);
    return {
      min: number(h['min']),
      max: number(h['max']),
      counts: h['counts'] as number[],
      below: number(h['below']),
      above: number(h['above']),
      nanCount: number(h['nanCount']),
    };
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
