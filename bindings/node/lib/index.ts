/** Tomo: medical images and DICOM in one memory. */
export {
  ImageAnalyzer,
  type Histogram,
  type ImageArray,
  type ImagePlace,
  type LoadOptions,
  type Registered,
  type RegisterOptions,
  type Statistics,
} from './analysis.js';
export { DicomDataset, type DicomValue } from './dataset.js';
export {
  DICOMProcessor,
  type DicomMetadata,
  type PixelArray,
  type PixelArrayInfo,
  type PixelArrayOf,
  type ReadOptions,
} from './dicom.js';
export { TomoError, type TomoErrorCode } from './errors.js';
export { MedicalImage, MedicalMesh, MedicalTransform, type MedicalValue } from './image.js';
export type { DicomKeywords } from './keywords.gen.js';
export type { Label } from './native.js';
export type { Operations } from './ops.gen.js';
export { operations, run, type Inputs, type OperationName, type OperationRow, type Outputs, type RunOptions } from './run.js';
export { about, trim } from './about.js';
export type { CallOptions, DType, ProgressOptions, TypedArray, TypedArrays } from './types.js';
