/** Images, filters and statistics, held against nibabel, NumPy and SciPy (test/cases/make_cases.py). */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImageAnalyzer, MedicalImage, MedicalMesh, operations, run, TomoError } from '../lib/index.js';
import { HANDLE } from '../lib/image.js';
import { native } from '../lib/native.js';
import { caseFile, caseJson, data, failure, temporary } from './support.js';

interface Stats {
  min: number;
  max: number;
  mean: number;
  std: number;
  sum: number;
  count: number;
  percentiles: number[];
}
const reference = caseJson<{
  size: number[];
  spacing: number[];
  origin: number[];
  direction: number[];
  voxels: number[];
  stats: Stats;
  above200: Stats;
  gauss14: number[];
}>('volume.json');
const analyzer = new ImageAnalyzer();
const small = () => analyzer.loadImage(caseFile('small.nii'));
const folder = temporary();

const near = (ours: ArrayLike<number>, theirs: readonly number[], tolerance: number): void => {
  expect(ours.length).toBe(theirs.length);
  for (let i = 0; i < theirs.length; i++)
    if (!(Math.abs((ours[i] as number) - (theirs[i] as number)) <= tolerance))
      expect.fail(`[${i}] is ${ours[i]}, expected ${theirs[i]}`);
};

describe('loadImage', () => {
  it('has the voxels and the place that nibabel reads', async () => {
    const image = await small();
    expect([image.dtype, image.components, image.shared]).toEqual(['int16', 1, true]);
    expect(image.size).toEqual(reference.size);
    near(image.spacing, reference.spacing, 1e-6);
    near(image.origin, reference.origin, 1e-5);
    near(image.direction, reference.direction, 1e-6);
    expect(image.orientation).toBe('RAS');
    expect(Array.from(image.data as Int16Array)).toEqual(reference.voxels);
    expect(image.at(3, 2, 1)).toBe(reference.voxels[3 + 7 * (2 + 6 * 1)]);
    expect(() => image.at(7, 0, 0)).toThrow('x is 7, expected 0 to 6');
    expect(() => image.at(0.5, 0, 0)).toThrow(TomoError);
    expect(image.labels).toEqual([]);
  });

  const ct = data('series/ct-head-axial');
  // SimpleITK 2.5.7, ImageSeriesReader on the same folder
  it.skipIf(!ct)('takes a DICOM series as ITK does', async () => {
    let told = 0;
    const image = await analyzer.loadImage(ct ?? '', { onProgress: (done) => (told = done) });
    expect([image.size, image.dtype]).toEqual([[64, 64, 93], 'int16']);
    near(image.spacing, [3.2, 3.2, 1.5], 1e-9);
    near(image.origin, [0, 0, 0], 1e-9);
    near(image.direction, [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-9);
    expect(told).toBe(1);
    expect(await analyzer.getStatistics(image)).toMatchObject({ min: 0, max: 3926, sum: 193392317 });
  });

  it('says what is wrong', async () => {
    await failure(analyzer.loadImage(join(folder, 'none.nii')), 'TOMO_E_NOTFOUND');
    await failure(analyzer.loadImage(caseFile('small.json')), 'TOMO_E_FORMAT');
  });
});

describe('memory', () => {
  it('is the library’s own: one address, the same array every time', async () => {
    const image = await small();
    expect(native.testAddressOf(image.data)).toBe(native.testImageAddress(image[HANDLE]));
    expect(image.data).toBe(image.data);
    expect(native.imageData(image[HANDLE]).data.buffer).toBe(image.data.buffer);
  });

  it('is seen by C when JavaScript writes to it, and by nobody else', async () => {
    const copy = join(folder, 'copy.nii');
    copyFileSync(caseFile('small.nii'), copy);
    const image = await analyzer.loadImage(copy); // mapped from the file
    image.data[0] = 12345;
    expect(image.at(0, 0, 0)).toBe(12345);
    expect((await analyzer.getStatistics(image)).max).toBe(12345);
    expect(readFileSync(copy)).toEqual(readFileSync(caseFile('small.nii')));
  });

  it('of a view with gaps is packed', async () => {
    const image = await small();
    const box = await run(image, 'image.crop', { start: [2, 1, 0], size: [3, 2, 2] });
    expect(box.size).toEqual([3, 2, 2]);
    const expected = [];
    for (let z = 0; z < 2; z++)
      for (let y = 1; y < 3; y++) for (let x = 2; x < 5; x++) expected.push(image.at(x, y, z));
    expect(Array.from(box.data as Int16Array)).toEqual(expected);
    expect(native.testAddressOf(box.data)).toBe(native.testImageAddress(box[HANDLE]));
  });

  it('outlives the image object while an array is there', async () => {
    const array = (await small()).data;
    for (let i = 0; i < 5; i++) {
      globalThis.gc?.();
      await new Promise((done) => setImmediate(done));
    }
    expect(Array.from(array as Int16Array)).toEqual(reference.voxels);
  });

  it('goes with close(), which may be called twice', async () => {
    const image = await small();
    const array = image.data;
    image.close();
    image.close();
    expect(array.length).toBe(0);
    expect(() => image.data).toThrow(/closed/);
    expect(() => image.at(0, 0)).toThrow(/closed/);
    await failure(analyzer.getStatistics(image), 'TOMO_E_ARG');
    let inside;
    {
      await using other = await small();
      inside = other;
      expect(other.at(0, 0)).toBe(reference.voxels[0]);
    }
    expect(() => inside.data).toThrow(/closed/);
  });

  it('stays for a running call when the image is closed', async () => {
    const image = await small();
    const running = analyzer.getStatistics(image);
    image.close();
    expect((await running).sum).toBe(reference.stats.sum);
  });
});

describe('getStatistics', () => {
  const same = (ours: Awaited<ReturnType<ImageAnalyzer['getStatistics']>>, theirs: Stats): void => {
    expect([ours.min, ours.max, ours.sum, ours.count, ours.nanCount]).toEqual([
      theirs.min, theirs.max, theirs.sum, theirs.count, 0,
    ]);
    near([ours.mean, ours.std, ours.median], [theirs.mean, theirs.std, theirs.percentiles[2] as number], 1e-9);
    near(Object.values(ours.percentiles), theirs.percentiles, 1e-9);
  };

  it('are NumPy’s', async () => same(await analyzer.getStatistics(await small()), reference.stats));

  it('are NumPy’s inside a mask', async () => {
    const image = await small();
    const mask = await run(image, 'segment.threshold', { lower: 201 });
    same(await analyzer.getStatistics(image, { mask }), reference.above200);
    const nothing = await run(image, 'segment.threshold', { lower: 30000 });
    expect(await analyzer.getStatistics(image, { mask: nothing })).toMatchObject({ count: 0, mean: NaN, sum: 0 });
  });
});

describe('gaussianSmooth', () => {
  it('is SciPy’s, in millimeters', async () => {
    const image = await small();
    const smooth = await analyzer.gaussianSmooth(image, { sigma: 1.4, dtype: 'float32' });
    expect(smooth.is('float32')).toBe(true);
    near(smooth.data as Float32Array, reference.gauss14, 2e-3); // float32 of values up to 1500
    expect(smooth.size).toEqual(image.size);
    expect(smooth.origin).toEqual(image.origin);
    expect(Array.from(image.data as Int16Array)).toEqual(reference.voxels); // input untouched
  });

  it('refuses what the table does not allow, and names it', async () => {
    const image = await small();
    expect((await failure(analyzer.gaussianSmooth(image, { sigma: -1 }), 'TOMO_E_ARG')).message).toMatch(
      /filter gauss: sigma is -1 mm, expected/,
    );
    const wrong = (options: object) => failure(analyzer.gaussianSmooth(image, options), 'TOMO_E_ARG');
    expect((await wrong({ sigm: 1 })).message).toMatch(/no option 'sigm'; it has: sigma/);
    expect((await wrong({ edge: 'wrap' })).message).toMatch(/nearest/);
    expect((await wrong({ sigma: {} })).message).toMatch(/sigma is not a number/);
    expect((await wrong({ sigma: NaN })).message).toMatch(/sigma/);
    expect((await wrong({ dims: 2.5 })).message).toMatch(/whole number|2 to 3/);
    await failure(analyzer.gaussianSmooth({} as MedicalImage), 'TOMO_E_ARG');
    await failure(analyzer.gaussianSmooth(null as unknown as MedicalImage), 'TOMO_E_ARG');
  });

  it('takes an infinite number where that is the default', async () => {
    const image = await small();
    const mask = await run(image, 'segment.threshold', { lower: 201, upper: Infinity });
    expect((mask.data as Uint8Array).reduce((a, b) => a + b, 0)).toBe(reference.above200.count);
    await failure(run(image, 'segment.threshold', { lower: Infinity }), 'TOMO_E_ARG');
    await failure(analyzer.gaussianSmooth(image, { sigma: Infinity }), 'TOMO_E_ARG');
  });

  it('takes undefined for an option as not given', async () => {
    const image = await small();
    const a = await analyzer.gaussianSmooth(image, { sigma: undefined as never });
    const b = await analyzer.gaussianSmooth(image);
    expect(a.data).toEqual(b.data);
  });
});

describe('run', () => {
  it('knows every operation of the library', () => {
    const names = [...operations().keys()];
    expect(names).toEqual(expect.arrayContaining(['image.stats', 'filter.gauss', 'segment.otsu', 'mesh.surface']));
    expect(operations().get('filter.gauss')?.options.map((o) => o.name)).toContain('sigma');
  });

  it('gives labels with their table', async () => {
    const mask = await run(await small(), 'segment.otsu');
    expect(mask.dtype).toBe('uint8');
    expect(mask.labels.map((row) => row.value)).toEqual([1]);
    expect(new Set(mask.data as Uint8Array)).toEqual(new Set([0, 1]));
  });

  it('gives several inputs by their ports', async () => {
    const image = await small();
    const mask = await run(image, 'segment.threshold', { lower: 201 });
    const same = await run({ found: mask, given: mask }, 'measure.overlap');
    expect(JSON.stringify(same)).toContain('"dice":1');
    const json = await run({ labels: mask, image }, 'measure.labels');
    expect(JSON.stringify(json)).toContain(String(reference.above200.count));
  });

  it('loads transforms, maps points and images by them, and writes them', async () => {
    const image = await small();
    const path = join(folder, 'shift.tfm');
    writeFileSync(
      path,
      '#Insight Transform File V1.0\n#Transform 0\nTransform: TranslationTransform_double_3_3\nParameters: 1 2 3\nFixedParameters: \n',
    );
    const shift = await analyzer.loadTransform(path);
    expect(shift.name).toBe('TranslationTransform_double_3_3');
    expect([...shift.points([0, 0, 0, 10, 20, 30])]).toEqual([1, 2, 3, 11, 22, 33]);
    const { inverse, numbers } = await run(shift, 'filter.invert_transform');
    expect(numbers['residualMm']).toBe(0);
    expect([...inverse.points([1, 2, 3])]).toEqual([0, 0, 0]);
    await analyzer.saveImage(inverse, join(folder, 'back.tfm'));
    expect(readFileSync(join(folder, 'back.tfm'), 'utf8')).toContain('Parameters: -1 -2 -3');
    const moved = await analyzer.resample(image, { like: image, transform: shift, interp: 'nearest' });
    expect(moved.size).toEqual(image.size);
    const turned = await analyzer.rotate(image, { angle: 180, fit: true, interp: 'nearest' });
    const mirrored = await analyzer.flip(image, { x: true, y: true, mirror: true });
    expect(turned.data).toEqual(mirrored.data);
    const box = await analyzer.crop(image, { start: [1, 1, 1], size: [2, 2, 2] });
    expect(box.data.length).toBe(8);
    const there = await analyzer.flip(image, { x: true });
    expect((await analyzer.flip(there, { x: true })).data).toEqual(image.data);
    shift.close();
    expect(() => shift.name).toThrow(/closed/);
  });

  it('makes surfaces, shared as images are', async () => {
    const mesh = await run(await small(), 'mesh.surface', { value: 200, close: 'yes' });
    expect(mesh).toBeInstanceOf(MedicalMesh);
    const last = mesh.vertices.length / 3 - 1;
    expect(Math.max(...mesh.triangles)).toBe(last);
    expect(mesh.normals?.length).toBe(mesh.vertices.length);
    const facts = await run(mesh, 'mesh.check');
    expect(facts['triangles']).toBe(mesh.triangles.length / 3);
    expect(facts['closed']).toBe(true);
    await analyzer.saveImage(mesh, join(folder, 'surface.stl'));
    expect(readFileSync(join(folder, 'surface.stl')).length).toBe(84 + 50 * (mesh.triangles.length / 3));
    const vertices = mesh.vertices;
    mesh.close();
    mesh.close();
    expect(() => mesh.vertices).toThrow(/closed/);
    expect(vertices.length).toBe(3 * (last + 1));
  });

  it('refuses unknown names, wrong handles and missing inputs', async () => {
    const image = await small();
    await failure(run(image, 'filter.nothing' as 'filter.gauss'), 'TOMO_E_ARG');
    const mesh = await run(image, 'mesh.surface', { value: 200 });
    await failure(run(mesh as unknown as MedicalImage, 'filter.gauss'), 'TOMO_E_ARG');
    await failure(run({} as { image: MedicalImage }, 'filter.gauss'), 'TOMO_E_ARG');
    await failure(run(image, 'image.convert', {} as { to: 'uint8' }), 'TOMO_E_ARG');
  });

  it('converts to every type, with the array that fits', async () => {
    const image = await small();
    const types = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, uint32: Uint32Array,
      int32: Int32Array, uint64: BigUint64Array, int64: BigInt64Array, float32: Float32Array, float64: Float64Array } as const;
    for (const to of Object.keys(types) as (keyof typeof types)[]) {
      const out = await run(image, 'image.convert', { to });
      expect(out.data).toBeInstanceOf(types[to]);
      expect(out.dtype).toBe(to);
      expect(Number(out.data[1])).toBe(out.at(1, 0));
    }
  });
});

it('saves what it loaded', async () => {
  const image = await small();
  const path = join(folder, 'again.nii.gz');
  await analyzer.saveImage(image, path);
  const again = await analyzer.loadImage(path);
  expect(Array.from(again.data as Int16Array)).toEqual(reference.voxels);
  near(again.origin, image.origin, 1e-5);
  await failure(analyzer.saveImage(image, join(folder, 'again.xyz')), 'TOMO_E_UNSUPPORTED');
  expect(existsSync(join(folder, 'again.xyz'))).toBe(false);
});
