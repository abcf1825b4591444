/** Image analysis: load, filter, measure. */
import { call } from './call.js';
import { fileOf, type DicomDataset } from './dataset.js';
import { wrongArgument } from './errors.js';
import { handleOf, MedicalImage, MedicalTransform, type MedicalValue } from './image.js';
import { native } from './native.js';
import type {
  FilterBilateralOptions,
  FilterCannyOptions,
  FilterClaheOptions,
  FilterDiffusionOptions,
  FilterEqualizeOptions,
  FilterErodeOptions,
  FilterGammaOptions,
  FilterGaussOptions,
  FilterGradientOptions,
  FilterLogOptions,
  FilterMedianOptions,
  FilterPrewittOptions,
  FilterResampleOptions,
  FilterRotateOptions,
  FilterScharrOptions,
  FilterSigmoidOptions,
  FilterSobelOptions,
  FilterStretchOptions,
  FilterUnsharpOptions,
  ImageCropOptions,
  ImageFlipOptions,
  ImageHistogramOptions,
  SegmentOtsuOptions,
  SegmentThresholdOptions,
} from './ops.gen.js';
import { run } from './run.js';
import type { DType, ProgressOptions, TypedArray, TypedArrays } from './types.js';

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

/** How often values occur, in bins of equal width. */
export interface Histogram {
  /** Numbers in each bin. */
  counts: number[];
  /** One more than there are bins: bin i is `edges[i] <= value < edges[i + 1]`, the last one closed. */
  edges: number[];
  /** Numbers below the first and above the last edge, and those that are none. */
  below: number;
  above: number;
  nanCount: number;
}

/** Voxels as an array with a shape, as NumPy has them. */
export interface ImageArray<D extends DType = DType> {
  /** `[(t,) (z,) y, x(, component)]`, the last one fastest. */
  shape: number[];
  dtype: D;
  /** The library's own memory, unless the runtime refuses that (`shared`). */
  data: TypedArrays[D];
  shared: boolean;
}

/** Where the voxels of an array lie. What is not given: spacing 1 mm, origin 0, axes along LPS, one component. */
export interface ArrayGeometry {
  /** Voxels along x, y, and if there are such axes z and t. */
  size: readonly number[];
  /** Millimeters along each axis, seconds along t. */
  spacing?: readonly number[] | undefined;
  /** LPS millimeters of the center of the first voxel. */
  origin?: readonly [number, number, number] | undefined;
  /** 3 x 3, row by row; its columns are the axes' unit vectors. */
  direction?: readonly number[] | undefined;
  /** Numbers a voxel: 1 gray, 2 complex, 3 RGB, 4 RGBA. */
  components?: number | undefined;
}

/** Which operator finds the edges, with its own options. */
export type EdgeOptions =
  | ({ method?: 'sobel' | undefined } & FilterSobelOptions)
  | ({ method: 'prewitt' } & FilterPrewittOptions)
  | ({ method: 'scharr' } & FilterScharrOptions)
  | ({ method: 'gradient' } & FilterGradientOptions)
  | ({ method: 'canny' } & FilterCannyOptions)
  | ({ method: 'log' } & FilterLogOptions);

/** Which curve or method changes the contrast, with its own options. */
export type ContrastOptions =
  | ({ method?: 'stretch' | undefined } & FilterStretchOptions)
  | ({ method: 'equalize' } & FilterEqualizeOptions)
  | ({ method: 'clahe' } & FilterClaheOptions)
  | ({ method: 'gamma' } & FilterGammaOptions)
  | ({ method: 'sigmoid' } & FilterSigmoidOptions);

/** Element of morphology; `border` counts for masks only. */
export interface MorphologyOptions extends FilterErodeOptions {
  /** How voxels are understood: a mask (not 0 is inside), or gray values (least and greatest under the element).
   * Default: mask for an image with a label table (what segmentations have), else gray. */
  kind?: 'mask' | 'gray' | undefined;
}

type Morphology = 'erode' | 'dilate' | 'open' | 'close';
const EDGES = ['sobel', 'prewitt', 'scharr', 'gradient', 'canny', 'log'] as const;
const CONTRASTS = ['stretch', 'equalize', 'clahe', 'gamma', 'sigmoid'] as const;

/** The operation of a method, or an error that names what there is. */
function chosen<T extends string>(what: string, methods: readonly T[], method: string): `filter.${T}` {
  if (!(methods as readonly string[]).includes(method))
    throw wrongArgument(`${what}: method is '${method}', expected ${methods.join(', ')}`);
  return `filter.${method as T}`;
}

async function morphology(image: MedicalImage, verb: Morphology, options: MorphologyOptions & ProgressOptions) {
  const { kind, ...rest } = options;
  handleOf(image, verb);
  if (kind !== undefined && kind !== 'mask' && kind !== 'gray')
    throw wrongArgument(`${verb}: kind is '${String(kind)}', expected mask, gray`);
  if (kind === 'mask' || (kind === undefined && image.labels.length > 0))
    return run(image, `filter.${verb}`, rest) as Promise<MedicalImage>;
  return run(image, `filter.gray_${verb}`, rest) as Promise<MedicalImage>;
}

/** Name of the type that a typed array holds. */
function dtypeOf(data: TypedArray): DType {
  const name = Object.prototype.toString.call(data).slice(8, -1); // 'Int16Array'
  const dtype = name === 'Uint8ClampedArray' ? 'uint8' : name.replace(/^Big/, '').replace(/Array$/, '').toLowerCase();
  if (!ArrayBuffer.isView(data) || data instanceof DataView)
    throw wrongArgument('arrayToImage: the voxels are no typed array');
  return dtype as DType;
}

/** Numbers that JSON can't hold (NaN) come as null. */
const number = (value: unknown): number => (typeof value === 'number' ? value : NaN);

export class ImageAnalyzer {
  /** Load a DICOM folder or file (as one volume, in HU for CT), or a NIfTI volume. */
  async loadImage(path: string, options: LoadOptions = {}): Promise<MedicalImage> {
    const { image, remarks } = await call(options, (job) => native.imageLoad(path, options.series, job));
    return new MedicalImage(image, remarks);
  }

  /**
   * The volume of a data set that readDICOM() opened: one slice, or all frames of an enhanced object, rescaled (HU for
   * CT), with its place in the patient. It is read from the data set's file, as loadImage() of that file reads it. An
   * item of a sequence has no file (TOMO_E_ARG); a file that is gone since is TOMO_E_NOTFOUND.
   */
  async loadFromDataset(ds: DicomDataset, options: ProgressOptions = {}): Promise<MedicalImage> {
    return this.loadImage(fileOf(ds), options);
  }

  /** The voxels with their shape, not a copy: what is written to `data` is what operations read. */
  imageToArray<D extends DType>(image: MedicalImage<D>): ImageArray<D> {
    handleOf(image, 'imageToArray');
    const shape = [...image.size].reverse();
    if (image.components > 1) shape.push(image.components);
    return { shape, dtype: image.dtype, data: image.data, shared: image.shared };
  }

  /**
   * An image of an array's voxels (x fastest), copied once into the library's memory. To save that copy too, leave the
   * array out by `newImage()` and write to `image.data`. A length that is not the product of the sizes and components
   * is TOMO_E_ARG, as are sizes below 1, spacing that is not positive, and axes that are no unit vectors.
   */
  arrayToImage<D extends DType>(data: TypedArrays[D], geometry: ArrayGeometry): MedicalImage<D> {
    const dtype = dtypeOf(data);
    const expected = geometry.size.reduce((a, b) => a * b, geometry.components ?? 1);
    if (data.length !== expected)
      throw wrongArgument(`arrayToImage: ${data.length} numbers, expected ${expected} (sizes times components)`);
    const image = this.newImage(dtype, geometry);
    (image.data as Int16Array).set(data as Int16Array);
    return image as unknown as MedicalImage<D>;
  }

  /** An image of zeros, to be filled through `image.data`, which is the library's own memory. */
  newImage<D extends DType>(dtype: D, geometry: ArrayGeometry): MedicalImage<D> {
    const { size, spacing, origin, direction, components } = geometry;
    return new MedicalImage<D>(native.imageNew(dtype, components ?? 1, size, spacing, origin, direction));
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

  /** Blur by a Gaussian of `sigma` millimeters. */
  gaussianSmooth(image: MedicalImage, options: FilterGaussOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.gauss', options);
  }

  /** Middle value of a box; `radius` in whole voxels to each side, default 1, 1, 1. The border is repeated. */
  medianFilter(image: MedicalImage, options: FilterMedianOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.median', options);
  }

  /** Smooth what differs less than about `range` in value within `sigma` millimeters; larger steps stay sharp. */
  bilateralFilter(image: MedicalImage, options: FilterBilateralOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.bilateral', options);
  }

  /** Diffusion that stops at edges, by the gradient (Perona and Malik) or the curvature, as in ITK; lengths in mm. */
  anisotropicDiffusion(
    image: MedicalImage,
    options: FilterDiffusionOptions & ProgressOptions = {},
  ): Promise<MedicalImage> {
    return run(image, 'filter.diffusion', options);
  }

  /**
   * Edges by the operator that `method` names, Sobel's by default; the other options are that operator's own. canny
   * gives a mask of uint8, the others float values of the gradient (log: of the second derivative).
   */
  async detectEdges(image: MedicalImage, options: EdgeOptions & ProgressOptions = {}): Promise<MedicalImage> {
    const { method = 'sobel', ...rest } = options;
    return run(image, chosen('detectEdges', EDGES, method), rest as object) as Promise<MedicalImage>;
  }

  /** Canny's thin edges, slice by slice, as a mask (uint8, 0 and 1); `sigma` in voxels unless `unit` says mm. */
  detectEdgesCanny(image: MedicalImage, options: FilterCannyOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.canny', options);
  }

  /** Length of Sobel's gradient, or one component of it, in values per voxel unless `unit` says mm. */
  detectEdgesSobel(image: MedicalImage, options: FilterSobelOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.sobel', options);
  }

  /** Laplacian of a Gaussian of `sigma` millimeters, in values per square millimeter: edges are where it changes sign. */
  detectEdgesLoG(image: MedicalImage, options: FilterLogOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.log', options);
  }

  /** Contrast by the method that `method` names, stretch by default; the other options are that method's own. */
  async enhanceContrast(image: MedicalImage, options: ContrastOptions & ProgressOptions = {}): Promise<MedicalImage> {
    const { method = 'stretch', ...rest } = options;
    return run(image, chosen('enhanceContrast', CONTRASTS, method), rest as object) as Promise<MedicalImage>;
  }

  /** Spread the values so that each occurs about equally often; with `mask`, counted inside it. */
  equalizeHistogram(
    image: MedicalImage,
    options: FilterEqualizeOptions & ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<MedicalImage> {
    const { mask, ...rest } = options;
    return run(mask ? { image, mask } : { image }, 'filter.equalize', rest);
  }

  /** Equalize in tiles, each bin held below `clip` times the mean count, as in OpenCV; 2D (`dims: 2`) and 3D. */
  clahe(image: MedicalImage, options: FilterClaheOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.clahe', options);
  }

  /** Stretch the values between two percentiles over a range; with `mask`, percentiles of the voxels inside it. */
  stretchContrast(
    image: MedicalImage,
    options: FilterStretchOptions & ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<MedicalImage> {
    const { mask, ...rest } = options;
    return run(mask ? { image, mask } : { image }, 'filter.stretch', rest);
  }

  /** Unsharp mask: add `amount` times what a Gaussian of `sigma` millimeters takes away. */
  sharpen(image: MedicalImage, options: FilterUnsharpOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'filter.unsharp', options);
  }

  /** Least value within `radius` millimeters; of a mask, what has only mask within it. */
  erode(image: MedicalImage, options: MorphologyOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return morphology(image, 'erode', options);
  }

  /** Greatest value within `radius` millimeters; of a mask, what has any mask within it. */
  dilate(image: MedicalImage, options: MorphologyOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return morphology(image, 'dilate', options);
  }

  /** Erode, then dilate: takes away what is brighter (of a mask: inside) and thinner than the element. */
  morphologicalOpening(image: MedicalImage, options: MorphologyOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return morphology(image, 'open', options);
  }

  /** Dilate, then erode: fills what is darker (of a mask: outside) and thinner than the element. */
  morphologicalClosing(image: MedicalImage, options: MorphologyOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return morphology(image, 'close', options);
  }

  /** Mask (uint8, 0 and 1) of what is above Otsu's threshold; the threshold stands in `labels[0].note`. */
  thresholdOtsu(image: MedicalImage, options: SegmentOtsuOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'segment.otsu', options);
  }

  /** Mask (uint8, 0 and 1) of `lower <= value <= upper`, in the image's values; a limit left out is none. */
  thresholdBinary(image: MedicalImage, options: SegmentThresholdOptions & ProgressOptions = {}): Promise<MedicalImage> {
    return run(image, 'segment.threshold', options);
  }

  /** Counts in bins of equal width, over all components; with `mask`, of the voxels inside it. */
  async getHistogram(
    image: MedicalImage,
    options: ImageHistogramOptions & ProgressOptions & { mask?: MedicalImage | undefined } = {},
  ): Promise<Histogram> {
    const { mask, ...rest } = options;
    const h = await run(mask ? { image, mask } : { image }, 'image.histogram', rest);
    const counts = h['counts'] as number[];
    const [min, max] = [number(h['min']), number(h['max'])];
    return {
      counts,
      edges: Array.from({ length: counts.length + 1 }, (_, i) => min + ((max - min) * i) / counts.length),
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
