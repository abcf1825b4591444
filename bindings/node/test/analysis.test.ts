/** The methods of ImageAnalyzer, held against SciPy, scikit-image, SimpleITK and NumPy (test/cases/make_analysis.py). */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DICOMProcessor, ImageAnalyzer, MedicalImage, run, TomoError } from '../lib/index.js';
import { caseFile, caseJson, data, failure, temporary } from './support.js';

const reference = caseJson<{
  radius: number;
  median: number[];
  sobel: number[];
  gradient: number[];
  log: number[];
  bilateral: number[];
  diffusion: number[];
  equalized: number[];
  stretched: number[];
  sharp: number[];
  otsu: number;
  eroded: number;
  dilated: number;
  opened: number;
  counts: number[];
  edges: number[];
  between: number;
}>('analysis.json');
const analyzer = new ImageAnalyzer();
const small = () => analyzer.loadImage(caseFile('small.nii'));
const folder = temporary();

/** Greatest difference of two lists of numbers; of floats in single precision, so a part of the values' size. */
function worst(ours: MedicalImage, theirs: readonly number[]): number {
  expect(ours.data.length).toBe(theirs.length);
  return theirs.reduce((most, value, i) => Math.max(most, Math.abs(Number(ours.data[i]) - value)), 0);
}
const count = (mask: MedicalImage): number => (mask.data as Uint8Array).reduce((a, b) => a + b, 0);
const SINGLE = 2e-3; // float32 arithmetic on values up to 1500

describe('filters', () => {
  it('medianFilter is SciPy’s', async () => {
    expect(worst(await analyzer.medianFilter(await small()), reference.median)).toBe(0);
  });
  it('detectEdges is NumPy’s gradient', async () => {
    expect(worst(await analyzer.detectEdges(await small()), reference.gradient)).toBeLessThan(SINGLE);
  });
  it('detectEdgesSobel is scikit-image’s', async () => {
    expect(worst(await analyzer.detectEdgesSobel(await small()), reference.sobel)).toBeLessThan(SINGLE);
  });
  it('detectEdgesLoG is SciPy’s', async () => {
    expect(worst(await analyzer.detectEdgesLoG(await small()), reference.log)).toBeLessThan(SINGLE);
  });
  it('detectEdgesCanny gives a thin mask inside of strong gradients', async () => {
    const image = await small();
    const edges = await analyzer.detectEdgesCanny(image, { low: 100, high: 200 });
    expect(new Set(edges.data as Uint8Array)).toEqual(new Set([0, 1]));
    const fewer = await analyzer.detectEdgesCanny(image, { low: 100, high: 1e9 });
    expect(count(fewer)).toBe(0);
  });
  it('anisotropicDiffusion is ITK’s', async () => {
    const smooth = await analyzer.anisotropicDiffusion(await small(), { timeStep: 0.02, dtype: 'float32' });
    expect(worst(smooth, reference.diffusion)).toBeLessThan(0.02); // ITK's own single precision, five steps
  });
  it('bilateralFilter is its definition, summed by NumPy in double precision', async () => {
    const ours = await analyzer.bilateralFilter(await small(), { sigma: 1, range: 300, window: 'box', dtype: 'float32' });
    expect(worst(ours, reference.bilateral)).toBeLessThan(0.02); // a single-precision exp: 1e-5 of 1500
  });
  it('sharpen adds what the Gaussian takes away', async () => {
    expect(worst(await analyzer.sharpen(await small(), { dtype: 'float32' }), reference.sharp)).toBeLessThan(SINGLE);
  });
});

describe('contrast', () => {
  it('equalizeHistogram is scikit-image’s', async () => {
    const equal = await analyzer.equalizeHistogram(await small(), { unit: true, dtype: 'float32' });
    expect(worst(equal, reference.equalized)).toBeLessThan(1e-6);
  });
  it('stretchContrast is scikit-image’s', async () => {
    const wide = await analyzer.stretchContrast(await small(), { toMin: 0, toMax: 1, dtype: 'float32' });
    expect(worst(wide, reference.stretched)).toBeLessThan(1e-6);
  });
  it('enhanceContrast is the method that is named', async () => {
    const image = await small();
    expect((await analyzer.enhanceContrast(image)).data).toEqual((await analyzer.clahe(image)).data);
    const named = await analyzer.enhanceContrast(image, { method: 'equalize' });
    expect(named.data).toEqual((await analyzer.equalizeHistogram(image)).data);
    expect(() => analyzer.enhanceContrast(image, { method: 'none' as 'clahe' })).toThrow(/expected clahe/);
  });
});

describe('masks', () => {
  const mask = async () => run(await small(), 'segment.threshold', { lower: 201 });
  it('erode, dilate, morphologicalOpening are SciPy’s with a ball in millimeters', async () => {
    const { radius } = reference;
    expect(count(await analyzer.erode(await mask(), { radius }))).toBe(reference.eroded);
    expect(count(await analyzer.dilate(await mask(), { radius }))).toBe(reference.dilated);
    expect(count(await analyzer.morphologicalOpening(await mask(), { radius }))).toBe(reference.opened);
    const closed = await analyzer.morphologicalClosing(await mask(), { radius });
    expect(count(closed)).toBeGreaterThanOrEqual(count(await mask()));
  });
  it('thresholdOtsu is scikit-image’s, thresholdBinary takes both ends', async () => {
    expect(count(await analyzer.thresholdOtsu(await small()))).toBe(reference.otsu);
    expect(count(await analyzer.thresholdBinary(await small(), { lower: 100, upper: 500 }))).toBe(reference.between);
  });
});

it('getHistogram is NumPy’s', async () => {
  const h = await analyzer.getHistogram(await small(), { bins: 16 });
  expect(h.counts).toEqual(reference.counts);
  expect([h.min, h.max]).toEqual(reference.edges);
  expect([h.below, h.above, h.nanCount]).toEqual([0, 0, 0]);
});

describe('arrays', () => {
  it('imageToArray has NumPy’s shape over the same memory', async () => {
    const image = await small();
    const array = analyzer.imageToArray(image);
    expect(array.shape).toEqual([...image.size].reverse());
    expect(array.dtype).toBe('int16');
    expect(array.data).toBe(image.data);
  });
  it('arrayToImage keeps numbers and place', async () => {
    const image = await small();
    if (!image.is('int16')) throw new Error('int16 was expected');
    const copy = analyzer.arrayToImage(image.data, { like: image });
    expect([copy.dtype, copy.size, copy.orientation]).toEqual([image.dtype, image.size, image.orientation]);
    expect([copy.spacing, copy.origin, copy.direction]).toEqual([image.spacing, image.origin, image.direction]);
    expect(copy.data).toEqual(image.data);
    copy.data[0] = 77;
    expect(image.at(0, 0)).not.toBe(77);
    const path = join(folder, 'copy.nii.gz');
    await analyzer.saveImage(copy, path);
    expect((await analyzer.loadImage(path)).at(0, 0, 0)).toBe(77);
  });
  it('arrayToImage takes colors, and refuses what does not fit', () => {
    const rgb = analyzer.arrayToImage<'uint8'>(new Uint8Array(2 * 3 * 3), { size: [2, 3], components: 3, spacing: [0.5, 2] });
    expect([rgb.components, rgb.size, rgb.spacing]).toEqual([3, [2, 3], [0.5, 2]]);
    expect(analyzer.imageToArray(rgb).shape).toEqual([3, 2, 3]);
    const make = (place: object, n = 8) => () => analyzer.arrayToImage<'float32'>(new Float32Array(n), place);
    expect(make({ size: [2, 2, 3] })).toThrow(/8 numbers, expected 12/);
    expect(make({ size: [8] })).toThrow(/two to four/);
    expect(make({ size: [2, -4] })).toThrow(TomoError);
    expect(make({ size: [2, 4], spacing: [0, 1] })).toThrow(TomoError);
    expect(make({ size: [2, 4], components: 0 })).toThrow(TomoError);
    expect(make({ size: [2 ** 40, 2 ** 40, 2 ** 40] })).toThrow(TomoError);
    expect(() => analyzer.arrayToImage([1, 2, 3, 4] as unknown as Uint8Array, { size: [2, 2] })).toThrow(TomoError);
  });
});

describe('loadFromDataset', () => {
  const file = data('dicom/pydicom/CT_small.dcm');
  // pydicom 2.4: pixel_array * RescaleSlope + RescaleIntercept
  it.skipIf(!file)('has HU and the place of the slice', async () => {
    const ds = await new DICOMProcessor().readDICOM(file ?? '', { stopBeforePixels: true });
    const image = await analyzer.loadFromDataset(ds);
    expect(image.size.slice(0, 2)).toEqual([ds.Columns, ds.Rows]);
    expect(image.origin).toEqual(ds.ImagePositionPatient);
    expect([image.at(0, 0), image.at(64, 64)]).toEqual([-849, 904]);
  });
  it('is not for items of sequences', async () => {
    const ds = await new DICOMProcessor().readDICOM(caseFile('small.dcm'));
    const item = ds.ReferencedSeriesSequence?.[0];
    if (!item) throw new Error('small.dcm has an item');
    expect(() => analyzer.loadFromDataset(item)).toThrow(/item of a sequence/);
    await failure(analyzer.loadImage(join(folder, 'none.dcm')), 'TOMO_E_NOTFOUND');
  });
});
