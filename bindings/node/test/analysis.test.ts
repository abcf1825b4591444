/** ImageAnalyzer on a head CT, held against SciPy, scikit-image, SimpleITK, OpenCV (test/cases/make_analysis.py). */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DICOMProcessor, ImageAnalyzer, MedicalImage, operations, run, type EdgeOptions } from '../lib/index.js';
import { HANDLE } from '../lib/image.js';
import { native } from '../lib/native.js';
import { caseFile, caseJson, data, failure, temporary } from './support.js';

const reference = caseJson<{
  probes: [number, number, number][];
  low: number;
  high: number;
  histogram: { counts: number[]; edges: number[] };
  methods: Record<string, { sum: number; at: number[] }>;
}>('analysis.json');
const { low, high } = reference;
const analyzer = new ImageAnalyzer();
const folder = temporary();
const series = data('series/ct-head-axial');
const head = (): Promise<MedicalImage> => analyzer.loadImage(series ?? '');
const float = { dtype: 'float32' } as const;
const within3d = { shape: 'box', radius: 1, unit: 'voxels' } as const;
const cross = { shape: 'ball', radius: 1, unit: 'voxels' } as const;
const mask = (image: MedicalImage): Promise<MedicalImage> => analyzer.thresholdBinary(image, { lower: 500 });

/** Values at the probes within `at`, and the sum of all voxels within the part `sum` of it. 0 is exact. */
function same(image: MedicalImage, name: string, at: number, sum: number): void {
  const theirs = reference.methods[name];
  if (!theirs) expect.fail(`analysis.json has no ${name}`);
  const [nx = 1, ny = 1, nz = 1] = image.size;
  reference.probes.forEach(([x, y, z], i) => {
    const ours = image.at(x % nx, y % ny, z % nz);
    const their = theirs.at[i] as number;
    if (!(Math.abs(ours - their) <= at)) expect.fail(`${name} at ${[x, y, z].join()} is ${ours}, expected ${their}`);
  });
  let total = 0;
  for (const v of image.data) total += Number(v);
  if (!(Math.abs(total - theirs.sum) <= sum * Math.abs(theirs.sum)))
    expect.fail(`sum of ${name} is ${total}, expected ${theirs.sum}`);
}

// tolerances: 0 for whole numbers; else float32 of values up to 4000 (half a step is 1.2e-4), and what the method says
const METHODS: Record<string, [at: number, sum: number, make: (image: MedicalImage) => Promise<MedicalImage>]> = {
  gaussianSmooth: [2e-3, 1e-6, (i) => analyzer.gaussianSmooth(i, { sigma: 2, ...float })],
  medianFilter: [0, 0, (i) => analyzer.medianFilter(i)],
  // OpenCV looks its weights up in a table of 4096 steps
  bilateralFilter: [0.5, 1e-4, (i) => analyzer.bilateralFilter(i, { sigma: 2, range: 200, unit: 'voxels', dims: 2, ...float })],
  anisotropicDiffusion: [5e-2, 1e-5, (i) => analyzer.anisotropicDiffusion(i, { timeStep: 0.0625, conductance: 3, ...float })],
  detectEdgesSobel: [2e-3, 1e-6, (i) => analyzer.detectEdgesSobel(i)],
  detectEdgesCanny: [0, 1e-4, (i) => analyzer.detectEdgesCanny(i, { sigma: 1.5, low, high })],
  detectEdgesLoG: [5e-3, 1e-1, (i) => analyzer.detectEdgesLoG(i, { sigma: 1.5, unit: 'voxels' })], // sums to nearly 0
  stretchContrast: [1e-3, 1e-6, (i) => analyzer.stretchContrast(i, float)],
  equalizeHistogram: [1e-5, 1e-5, (i) => analyzer.equalizeHistogram(i, { unit: true, ...float })],
  sharpen: [5e-3, 1e-5, (i) => analyzer.sharpen(i, { sigma: 1, unit: 'voxels', ...float })],
  erode: [0, 0, (i) => analyzer.erode(i, within3d)],
  dilate: [0, 0, (i) => analyzer.dilate(i, within3d)],
  morphologicalOpening: [0, 0, (i) => analyzer.morphologicalOpening(i, within3d)],
  morphologicalClosing: [0, 0, (i) => analyzer.morphologicalClosing(i, within3d)],
  'erode mask': [0, 0, async (i) => analyzer.erode(await mask(i), cross)],
  'dilate mask': [0, 0, async (i) => analyzer.dilate(await mask(i), cross)],
  'morphologicalOpening mask': [0, 0, async (i) => analyzer.morphologicalOpening(await mask(i), cross)],
  thresholdOtsu: [0, 0, (i) => analyzer.thresholdOtsu(i)],
  thresholdBinary: [0, 0, (i) => analyzer.thresholdBinary(i, { lower: low, upper: high })],
  flip: [0, 0, (i) => analyzer.flip(i, { x: true })],
  crop: [0, 0, (i) => analyzer.crop(i, { start: [8, 5, 10], size: [50, 40, 20] })],
};

describe.skipIf(!series)('on a head CT', () => {
  for (const [name, [at, sum, make]] of Object.entries(METHODS))
    it(`${name} is what they make of it`, async () => same(await make(await head()), name, at, sum));

  it('resample through a translation is ITK’s', async () => {
    const image = await head();
    const path = join(folder, 'shift.tfm');
    writeFileSync(
      path,
      '#Insight Transform File V1.0\n#Transform 0\nTransform: TranslationTransform_double_3_3\n' +
        'Parameters: 1.5 -2.25 0.75\nFixedParameters: \n',
    );
    const transform = await analyzer.loadTransform(path);
    const real = await run(image, 'image.convert', { to: 'float32' });
    same(await analyzer.resample(real, { like: image, transform }), 'resample', 1e-3, 1e-6);
  });

  it('clahe is OpenCV’s on 8 bits', async () => {
    const image = await head();
    const bytes = (image.data as Int16Array).map((v) => Math.min(255, Math.floor(v / 16 + 0.5)));
    const { size, spacing } = image;
    const small = analyzer.arrayToImage(Uint8Array.from(bytes), { size, spacing });
    same(await analyzer.clahe(small, { dims: 2, tiles: [8, 8, 1] }), 'clahe', 1, 1e-3); // rounds halves another way
  });

  it('getHistogram is NumPy’s', async () => {
    const h = await analyzer.getHistogram(await head(), { bins: 20 });
    expect(h.counts).toEqual(reference.histogram.counts);
    expect(h.edges.map((e) => e.toFixed(6))).toEqual(reference.histogram.edges.map((e) => e.toFixed(6)));
    expect([h.below, h.above, h.nanCount]).toEqual([0, 0, 0]);
  });

  it('detectEdges and enhanceContrast are the methods that they name', async () => {
    const image = await head();
    expect((await analyzer.detectEdges(image)).data).toEqual((await analyzer.detectEdgesSobel(image)).data);
    const canny = await analyzer.detectEdges(image, { method: 'canny', sigma: 1.5, low, high });
    same(canny, 'detectEdgesCanny', 0, 1e-4);
    same(await analyzer.detectEdges(image, { method: 'log', sigma: 1.5, unit: 'voxels' }), 'detectEdgesLoG', 5e-3, 1e-1);
    same(await analyzer.enhanceContrast(image, float), 'stretchContrast', 1e-3, 1e-6);
    same(await analyzer.enhanceContrast(image, { method: 'equalize', unit: true, ...float }), 'equalizeHistogram', 1e-5, 1e-5);
  });

  it('loadFromDataset gives the slice in its place', async () => {
    const dicom = new DICOMProcessor();
    const name = readdirSync(series ?? '').sort()[7] ?? '';
    const ds = await dicom.readDICOM(join(series ?? '', name));
    const slice = await analyzer.loadFromDataset(ds);
    const pixels = await dicom.getPixelArray(ds);
    const { slope, intercept } = dicom.getPixelArrayInfo(ds);
    expect(Array.from(slice.data as Int16Array)).toEqual(Array.from(pixels.data as Int16Array, (v) => v * slope + intercept));
    expect(slice.origin).toEqual(ds.ImagePositionPatient);
  });

  it('takes a signal and tells how far it is', async () => {
    const image = await head();
    const told: number[] = [];
    await analyzer.medianFilter(image, { onProgress: (done) => told.push(done) });
    expect(told.at(-1)).toBe(1);
    const gone = analyzer.anisotropicDiffusion(image, { signal: AbortSignal.abort(), iterations: 100 });
    expect((await failure(gone, 'TOMO_E_CANCELED')).name).toBe('AbortError');
  });
});

describe('arrays', () => {
  it('become images and come back, in the library’s memory', () => {
    const voxels = Float32Array.from({ length: 24 }, (_, i) => i / 2);
    const geometry = { size: [4, 3, 2], spacing: [0.5, 1, 2], origin: [1, 2, 3] } as const;
    const image = analyzer.arrayToImage<'float32'>(voxels, geometry);
    expect([image.dtype, image.size, image.spacing, image.origin]).toEqual(['float32', [4, 3, 2], [0.5, 1, 2], [1, 2, 3]]);
    const back = analyzer.imageToArray(image);
    expect([back.shape, back.dtype, back.shared]).toEqual([[2, 3, 4], 'float32', true]);
    expect(back.data).toEqual(voxels);
    expect(native.testAddressOf(back.data)).toBe(native.testImageAddress(image[HANDLE]));
    back.data[5] = 77;
    expect(image.at(1, 1, 0)).toBe(77);
    expect(voxels[5]).toBe(2.5); // the array that was given stays its owner's
  });

  it('have components behind, and any type', () => {
    const rgb = analyzer.arrayToImage(Uint8Array.from({ length: 18 }, (_, i) => i), { size: [3, 2], components: 3 });
    expect(analyzer.imageToArray(rgb).shape).toEqual([2, 3, 3]);
    expect(rgb.at(1, 1, 0, 0, 2)).toBe(14);
    for (const array of [new Int8Array(4), new Uint16Array(4), new Int16Array(4), new Uint32Array(4), new Int32Array(4),
      new BigUint64Array(4), new BigInt64Array(4), new Float64Array(4), new Uint8ClampedArray(4)]) {
      const image = analyzer.arrayToImage(array as unknown as Uint8Array, { size: [2, 2] });
      expect(image.data.length).toBe(4);
      expect(image.data.constructor).toBe(array instanceof Uint8ClampedArray ? Uint8Array : array.constructor);
    }
    expect([...analyzer.newImage('int16', { size: [2, 2] }).data]).toEqual([0, 0, 0, 0]);
  });

  it('are refused with what is wrong', () => {
    const four = new Int16Array(4);
    expect(() => analyzer.arrayToImage(four, { size: [3, 2] })).toThrow('4 numbers, expected 6');
    expect(() => analyzer.arrayToImage([1, 2, 3, 4] as unknown as Int16Array, { size: [2, 2] })).toThrow(/no typed array/);
    expect(() => analyzer.newImage('int16', { size: [2] })).toThrow(/size is of another length, expected 2 to 4/);
    expect(() => analyzer.newImage('int16', { size: [2, 0] })).toThrow(/size\[1\] is 0/);
    expect(() => analyzer.newImage('int16', { size: [2, 1.5] })).toThrow(/whole number/);
    expect(() => analyzer.newImage('int16', { size: [1e9, 1e9, 1e9] })).toThrow();
    expect(() => analyzer.newImage('int16', { size: [2, 2], spacing: [1, -1] })).toThrow(/spacing/);
    expect(() => analyzer.newImage('int16', { size: [2, 2], spacing: [1] })).toThrow(/spacing is of another length/);
    expect(() => analyzer.newImage('int16', { size: [2, 2], direction: [1, 0, 0, 0, 1, 0, 0, 0, 2] })).toThrow(/axis|direction/);
    expect(() => analyzer.newImage('int16', { size: [2, 2], components: 5 })).toThrow(/components is 5/);
    expect(() => analyzer.newImage('int12' as 'int16', { size: [2, 2] })).toThrow(/dtype/);
  });
});

it('names the methods that there are', async () => {
  const image = await analyzer.loadImage(caseFile('small.nii'));
  const wrong = await failure(analyzer.detectEdges(image, { method: 'roberts' } as unknown as EdgeOptions), 'TOMO_E_ARG');
  expect(wrong.message).toMatch(/method is 'roberts', expected sobel, prewitt/);
  await failure(analyzer.enhanceContrast(image, { method: 'magic' } as never), 'TOMO_E_ARG');
  await failure(analyzer.erode(image, { kind: 'binary' } as never), 'TOMO_E_ARG');
  await failure(analyzer.dilate(null as unknown as MedicalImage), 'TOMO_E_ARG');
  await failure(analyzer.medianFilter(image, { radius: [200, 1, 1] }), 'TOMO_E_ARG');
});

it('a data set of a sequence has no file to load from', async () => {
  const ds = await new DICOMProcessor().readDICOM(caseFile('small.dcm'));
  const item = ds.ReferencedSeriesSequence?.[0];
  expect((await failure(analyzer.loadFromDataset(item as never), 'TOMO_E_ARG')).message).toMatch(/item of a sequence/);
});

it('run reaches every operation of the tables', () => {
  for (const name of ['filter.frangi', 'filter.nlm', 'filter.n4', 'segment.slic', 'measure.compare', 'render.mip'])
    expect(operations().has(name), name).toBe(true);
});
