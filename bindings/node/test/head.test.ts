/** ImageAnalyzer on a head CT, held against SciPy, scikit-image, SimpleITK, OpenCV (test/cases/make_head.py). */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DICOMProcessor, ImageAnalyzer, type MedicalImage, run, type EdgeOptions } from '../lib/index.js';
import { caseFile, caseJson, data, failure, temporary } from './support.js';

const reference = caseJson<{
  probes: [number, number, number][];
  low: number;
  high: number;
  histogram: { counts: number[]; edges: number[] };
  methods: Record<string, { sum: number; at: number[] }>;
}>('head.json');
const { low, high } = reference;
const analyzer = new ImageAnalyzer();
const folder = temporary();
const series = data('series/ct-head-axial');
const head = (): Promise<MedicalImage> => analyzer.loadImage(series ?? '');
const float = { dtype: 'float32' } as const;
const within3d = { kind: 'gray', shape: 'box', radius: 1, unit: 'voxels' } as const;
const cross = { shape: 'ball', radius: 1, unit: 'voxels' } as const;
const mask = (image: MedicalImage): Promise<MedicalImage> => analyzer.thresholdBinary(image, { lower: 500 });

/** Values at the probes within `at`, and the sum of all voxels within the part `sum` of it. 0 is exact. */
function same(image: MedicalImage, name: string, at: number, sum: number): void {
  const theirs = reference.methods[name];
  if (!theirs) expect.fail(`head.json has no ${name}`);
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
  bilateralFilter: [0.5, 1e-4, (i) =>
    analyzer.bilateralFilter(i, { sigma: 2, range: 200, unit: 'voxels', dims: 2, ...float })],
  anisotropicDiffusion: [5e-2, 1e-5, (i) =>
    analyzer.anisotropicDiffusion(i, { timeStep: 0.0625, conductance: 3, ...float })],
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
    expect([h.min, h.max]).toEqual([reference.histogram.edges[0], reference.histogram.edges.at(-1)]);
    expect([h.below, h.above, h.nanCount]).toEqual([0, 0, 0]);
  });

  it('detectEdges and enhanceContrast are the methods that they name', async () => {
    const image = await head();
    same(await analyzer.detectEdges(image, { method: 'sobel' }), 'detectEdgesSobel', 2e-3, 1e-6);
    const canny = await analyzer.detectEdges(image, { method: 'canny', sigma: 1.5, low, high });
    same(canny, 'detectEdgesCanny', 0, 1e-4);
    const log = await analyzer.detectEdges(image, { method: 'log', sigma: 1.5, unit: 'voxels' });
    same(log, 'detectEdgesLoG', 5e-3, 1e-1);
    same(await analyzer.enhanceContrast(image, { method: 'stretch', ...float }), 'stretchContrast', 1e-3, 1e-6);
    const equal = await analyzer.enhanceContrast(image, { method: 'equalize', unit: true, ...float });
    same(equal, 'equalizeHistogram', 1e-5, 1e-5);
  });

  it('loadFromDataset gives the slice in its place', async () => {
    const dicom = new DICOMProcessor();
    const name = readdirSync(series ?? '').sort()[7] ?? '';
    const ds = await dicom.readDICOM(join(series ?? '', name));
    const slice = await analyzer.loadFromDataset(ds);
    const pixels = await dicom.getPixelArray(ds);
    const { slope, intercept } = dicom.getPixelArrayInfo(ds);
    const real = Array.from(pixels.data as Int16Array, (v) => v * slope + intercept);
    expect(Array.from(slice.data as Int16Array)).toEqual(real);
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

it('names the methods that there are', async () => {
  const image = await analyzer.loadImage(caseFile('small.nii'));
  const roberts = { method: 'roberts' } as unknown as EdgeOptions;
  const wrong = await failure(analyzer.detectEdges(image, roberts), 'TOMO_E_ARG');
  expect(wrong.message).toMatch(/method is 'roberts', expected gradient, sobel, prewitt/);
  await failure(analyzer.enhanceContrast(image, { method: 'magic' } as never), 'TOMO_E_ARG');
  await failure(analyzer.erode(image, { kind: 'binary' } as never), 'TOMO_E_ARG');
  await failure(analyzer.dilate(null as unknown as MedicalImage), 'TOMO_E_ARG');
  await failure(analyzer.medianFilter(image, { radius: [200, 1, 1] }), 'TOMO_E_ARG');
});
