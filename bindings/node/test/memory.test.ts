/** One copy of every image: resident memory of a 512 MiB image, and of ten thousand small ones. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { about, DICOMProcessor, ImageAnalyzer, run, trim, type MedicalImage } from '../lib/index.js';
import { HANDLE } from '../lib/image.js';
import { native } from '../lib/native.js';
import { caseFile, collect, resident, temporary, writeNifti } from './support.js';

const MIB = 1 << 20;
const analyzer = new ImageAnalyzer();
const folder = temporary();

const turn = () => new Promise((done) => setImmediate(done));

/** Read every page from JavaScript. */
function touch(image: MedicalImage): number {
  const data = image.data as Int16Array;
  let sum = 0;
  for (let i = 0; i < data.length; i += 1024) sum += data[i] as number;
  return sum;
}

describe('an image of 512 MiB', () => {
  const path = join(folder, 'large.nii');
  const last = 512 * 512 * 1024 - 1024; // on the stride of touch()
  const report: string[] = [];
  afterAll(() => console.log(report.join('\n')));

  it('is in memory once when it comes from a file', async () => {
    await writeNifti(path, [512, 512, 1024], new Map([[0, 5], [last, 37]]));
    await collect();
    const before = resident();
    const image = await analyzer.loadImage(path);
    expect(image.data.byteLength).toBe(512 * MIB);
    expect(touch(image)).toBe(42);
    expect(image.at(0, 0)).toBe(5);
    const grown = resident() - before;
    report.push(`512 MiB from a file: resident memory grew by ${(grown / MIB).toFixed(1)} MiB`);
    expect(native.testAddressOf(image.data)).toBe(native.testImageAddress(image[HANDLE]));
    expect(grown).toBeGreaterThan(500 * MIB);
    expect(grown).toBeLessThan(560 * MIB);
    image.close();
    await turn();
    expect(resident() - before).toBeLessThan(48 * MIB); // without the collector
  });

  it('is in memory once when an operation made it', async () => {
    const input = await analyzer.loadImage(path);
    await collect();
    const before = resident();
    const image = await run(input, 'image.flip', { x: true });
    input.close();
    expect(touch(image) + (image.data as Int16Array).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    const grown = resident() - before;
    report.push(`512 MiB from an operation: resident memory grew by ${(grown / MIB).toFixed(1)} MiB`);
    expect(native.testAddressOf(image.data)).toBe(native.testImageAddress(image[HANDLE]));
    expect(grown).toBeGreaterThan(500 * MIB);
    expect(grown).toBeLessThan(560 * MIB);
    image.close();
    await turn();
    trim();
    expect(resident() - before).toBeLessThan(48 * MIB);
  });

  it('is known to the collector, so that dropped ones go', async () => {
    let most = 0;
    const before = resident();
    const loadAndDrop = async (): Promise<void> => {
      touch(await analyzer.loadImage(path));
    };
    for (let i = 0; i < 12; i++) {
      await loadAndDrop(); // 6 GiB in all, were nothing collected
      most = Math.max(most, resident() - before);
      await turn();
      await turn(); // finalizers of what a collection found run in a turn after it
    }
    report.push(`twelve of 512 MiB, none closed: at most ${(most / MIB).toFixed(0)} MiB at once`);
    expect(most).toBeLessThan(4096 * MIB);
    await collect();
    expect(resident() - before).toBeLessThan(64 * MIB);
  });
});

describe('nothing leaks', () => {
  /** Growth of resident memory over `count` rounds after as many to warm up. */
  async function growth(count: number, warm: number, once: () => Promise<void>): Promise<number> {
    let start = 0;
    for (let i = 0; i < warm + count; i++) {
      if (i === warm) {
        await collect();
        start = resident();
      }
      await once();
      if (i % 500 === 0) await collect();
    }
    await collect();
    return resident() - start;
  }

  it('in ten thousand images opened and dropped', async () => {
    const held = about().memory;
    const grown = await growth(10_000, 2_000, async () => {
      const image = await analyzer.loadImage(caseFile('small.nii'));
      if (image.data.length !== 210) throw new Error('wrong image');
    });
    expect(grown).toBeLessThan(10 * MIB);
    expect(about().memory - held).toBeLessThan(MIB / 4);
  });

  it('in data sets, their items and their pixels', async () => {
    const dicom = new DICOMProcessor();
    const held = about().memory;
    const grown = await growth(3_000, 1_000, async () => {
      const ds = await dicom.readDICOM(caseFile('small.dcm'));
      if (ds.ReferencedSeriesSequence?.[1]?.SeriesInstanceUID !== '2.25.101') throw new Error('wrong data set');
      if ((await dicom.getPixelArray(ds)).data.length !== 60) throw new Error('wrong pixels');
    });
    expect(grown).toBeLessThan(10 * MIB);
    expect(about().memory - held).toBeLessThan(MIB / 4);
  });

  it('in calls that fail or are canceled', async () => {
    const image = await analyzer.loadImage(caseFile('small.nii'));
    const held = about().memory;
    const grown = await growth(3_000, 1_000, async () => {
      const control = new AbortController();
      const running = analyzer.gaussianSmooth(image, { sigma: 3, signal: control.signal }).catch(() => undefined);
      control.abort();
      await running;
      await analyzer.gaussianSmooth(image, { sigma: -1 }).catch(() => undefined);
      await analyzer.loadImage('/none').catch(() => undefined);
    });
    expect(grown).toBeLessThan(10 * MIB);
    expect(about().memory - held).toBeLessThan(MIB / 4);
  });
});
