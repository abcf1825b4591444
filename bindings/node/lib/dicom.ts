/** DICOM files: data sets, pixels, metadata. */
import { call } from './call.js';
import { DicomDataset, handleOf } from './dataset.js';
import { wrongArgument } from './errors.js';
import type { DicomKeywords } from './keywords.gen.js';
import { native, type NativePixelsInfo } from './native.js';
import type { CallOptions, DType, TypedArrays } from './types.js';

export interface ReadOptions {
  /** Read what can be read of a damaged file; what was odd is in `ds.remarks`. */
  force?: boolean | undefined;
  /** Stop at the pixel data. */
  stopBeforePixels?: boolean | undefined;
  /** Keep only these: keywords, `'00100010'` or `'(0010,0010)'`. */
  specificTags?: readonly string[] | undefined;
}

/** Decoded pixels: stored values, not rescaled; color as RGB. */
export type PixelArray = { [D in DType]: PixelArrayOf<D> }[DType];
export interface PixelArrayOf<D extends DType> {
  /** `[rows, columns]`; frames before them if there are several, samples behind them if more than one (as in pydicom). */
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly data: TypedArrays[D];
  /** Is `data` the library's own memory (it is, unless the runtime refuses foreign memory)? */
  readonly shared: boolean;
  /** Samples a pixel: 1 gray, 3 RGB, 4 RGBA. */
  readonly samples: number;
}

/** What the data set says of its pixels, checked. */
export interface PixelArrayInfo extends Omit<NativePixelsInfo, 'windowCenter' | 'windowWidth' | 'spacing'> {
  /** Shape of all frames, as getPixelArray() gives them. */
  shape: number[];
  /** First window, if there is one. */
  window?: { center: number; width: number };
  /** Row spacing, column spacing in mm, if it is said. */
  spacing?: [number, number];
}

function shapeOf(frames: number, rows: number, columns: number, samples: number): number[] {
  return [...(frames > 1 ? [frames] : []), rows, columns, ...(samples > 1 ? [samples] : [])];
}

export class DICOMProcessor {
  readonly #defaults: ReadOptions;

  /** @param defaults for every readDICOM() of this object */
  constructor(defaults: ReadOptions = {}) {
    this.#defaults = { ...defaults };
  }

  /** Read the structure of a Part 10 file or a bare data set. Values are decoded when they are asked for. */
  async readDICOM(path: string, options: ReadOptions & CallOptions = {}): Promise<DicomDataset> {
    const { force, stopBeforePixels, specificTags } = { ...this.#defaults, ...options };
    const read = { force, stopBeforePixels, specificTags };
    return new DicomDataset(await call(options, (job) => native.datasetOpen(path, read, job)), path);
  }

  /** Decode the pixels off the JavaScript thread: all frames, or one without touching the others. */
  async getPixelArray(ds: DicomDataset, options: CallOptions & { frame?: number | undefined } = {}): Promise<PixelArray> {
    const { frame } = options;
    if (frame !== undefined && !(Number.isSafeInteger(frame) && frame >= 0))
      throw wrongArgument(`frame is ${frame}, expected a whole number from 0`);
    const image = await call(options, (job) => native.pixels(handleOf(ds), frame ?? -1, job));
    const { dtype, components, size } = native.imageInfo(image);
    const [columns = 1, rows = 1, frames = 1] = size;
    const shape = shapeOf(frames, rows, columns, components);
    return { shape, dtype, ...native.imageData(image), samples: components } as PixelArray;
  }

  /** Shape, bits, photometric interpretation, rescale and window, without decoding anything. */
  getPixelArrayInfo(ds: DicomDataset): PixelArrayInfo {
    const { windowCenter, windowWidth, spacing, ...info } = native.pixelsInfo(handleOf(ds));
    return {
      ...info,
      shape: shapeOf(info.frames, info.rows, info.columns, info.samples),
      ...(Number.isNaN(windowCenter) ? {} : { window: { center: windowCenter, width: windowWidth } }),
      ...(spacing.some(Number.isNaN) ? {} : { spacing }),
    };
  }

  /** The usual attributes as plain objects; what the file does not have is left out. */
  getMetadata(ds: DicomDataset): DicomMetadata {
    const values = native.datasetValues(handleOf(ds), KEYWORDS);
    const metadata: Record<string, Record<string, unknown>> = {};
    let i = 0;
    for (const [view, attributes] of Object.entries(VIEWS)) {
      const object: Record<string, unknown> = (metadata[view] = {});
      for (const name in attributes) {
        const value = values[i++];
        if (value !== undefined && value !== null) object[name] = value;
      }
    }
    return metadata as unknown as DicomMetadata;
  }
}

/** What getMetadata() gives, and from which attribute. */
const VIEWS = {
  patient: {
    id: 'PatientID',
    name: 'PatientName',
    birthDate: 'PatientBirthDate',
    sex: 'PatientSex',
    age: 'PatientAge',
    size: 'PatientSize', // meters
    weight: 'PatientWeight', // kilograms
  },
  study: {
    uid: 'StudyInstanceUID',
    id: 'StudyID',
    date: 'StudyDate',
    time: 'StudyTime',
    description: 'StudyDescription',
    accessionNumber: 'AccessionNumber',
    referringPhysician: 'ReferringPhysicianName',
    institution: 'InstitutionName',
  },
  series: {
    uid: 'SeriesInstanceUID',
    number: 'SeriesNumber',
    modality: 'Modality',
    date: 'SeriesDate',
    time: 'SeriesTime',
    description: 'SeriesDescription',
    bodyPart: 'BodyPartExamined',
    protocol: 'ProtocolName',
    patientPosition: 'PatientPosition',
    frameOfReference: 'FrameOfReferenceUID',
    manufacturer: 'Manufacturer',
    model: 'ManufacturerModelName',
  },
  image: {
    uid: 'SOPInstanceUID',
    sopClass: 'SOPClassUID',
    transferSyntax: 'TransferSyntaxUID',
    number: 'InstanceNumber',
    type: 'ImageType',
    acquisitionDate: 'AcquisitionDate',
    acquisitionTime: 'AcquisitionTime',
    rows: 'Rows',
    columns: 'Columns',
    frames: 'NumberOfFrames',
    samples: 'SamplesPerPixel',
    bitsAllocated: 'BitsAllocated',
    bitsStored: 'BitsStored',
    pixelRepresentation: 'PixelRepresentation', // 0 unsigned, 1 signed
    photometric: 'PhotometricInterpretation',
    pixelSpacing: 'PixelSpacing', // millimeters between rows, between columns
    sliceThickness: 'SliceThickness',
    sliceLocation: 'SliceLocation',
    position: 'ImagePositionPatient',
    orientation: 'ImageOrientationPatient',
    windowCenter: 'WindowCenter',
    windowWidth: 'WindowWidth',
    rescaleSlope: 'RescaleSlope',
    rescaleIntercept: 'RescaleIntercept',
  },
} as const satisfies Record<string, Record<string, keyof DicomKeywords>>;

const KEYWORDS: readonly string[] = Object.values(VIEWS).flatMap((view) => Object.values(view));

// written so that tsc looks each keyword up: an index type over all 5300 of them takes it minutes
type View<A extends Record<string, keyof DicomKeywords>> = {
  -readonly [K in keyof A]?: Exclude<DicomKeywords[A[K]], null | undefined>;
};
type Views = typeof VIEWS;

/** Text is as in the file: dates `20040119`, names `Family^Given`. */
export interface DicomMetadata {
  patient: View<Views['patient']>;
  study: View<Views['study']>;
  series: View<Views['series']>;
  image: View<Views['image']>;
}
