/** Canceling, progress, many calls at once, threads that go away. */
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { DICOMProcessor, ImageAnalyzer, run, type MedicalImage } from '../lib/index.js';
import { caseFile, caseJson, failure } from './support.js';

const analyzer = new ImageAnalyzer();
const dicom = new DICOMProcessor();
let large: MedicalImage;
/** Takes seconds if nobody stops it. */
const slow = (signal?: AbortSignal) => run(large, 'filter.median', { radius: [40, 40, 40], signal });

beforeAll(async () => {
  large = await run(await analyzer.loadImage(caseFile('small.nii')), 'filter.resample', { size: [320, 320, 200] });
});

describe('AbortSignal', () => {
  it('aborted before: nothing begins', async () => {
    const signal = AbortSignal.abort('changed my mind');
    for (const call of [
      dicom.readDICOM(caseFile('small.dcm'), { signal }),
      analyzer.loadImage(caseFile('none.nii'), { signal }),
      analyzer.gaussianSmooth(large, { signal }),
      analyzer.getStatistics(large, { signal }),
    ]) {
      const error = await failure(call, 'TOMO_E_CANCELED');
      expect(error.name).toBe('AbortError');
      expect(error.cause).toBe('changed my mind');
    }
  });

  it('aborted during: the work stops soon', async () => {
    const control = new AbortController();
    const running = slow(control.signal);
    setTimeout(() => control.abort(), 100);
    const begun = performance.now();
    const error = await failure(running, 'TOMO_E_CANCELED');
    expect(error.name).toBe('AbortError');
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('aborted while waiting in the queue: every call of the signal stops', async () => {
    const control = new AbortController();
    const all = Array.from({ length: 12 }, () => failure(slow(control.signal), 'TOMO_E_CANCELED'));
    setTimeout(() => control.abort(), 50);
    const begun = performance.now();
    expect((await Promise.all(all)).every((e) => e.name === 'AbortError')).toBe(true);
    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it('aborted after: no harm', async () => {
    const control = new AbortController();
    const image = await analyzer.loadImage(caseFile('small.nii'), { signal: control.signal });
    control.abort();
    expect(image.data.length).toBe(210);
  });

  it('of a timeout works the same', async () => {
    const error = await failure(slow(AbortSignal.timeout(50)), 'TOMO_E_CANCELED');
    expect((error.cause as Error).name).toBe('TimeoutError');
  });
});

describe('onProgress', () => {
  it('goes from 0 to 1', async () => {
    const told: number[] = [];
    await run(large, 'filter.gauss', { sigma: 20, unit: 'voxels', onProgress: (done) => void told.push(done) });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.every((t) => t >= 0 && t <= 1)).toBe(true);
  });

  it('that throws stops the work and is what the call rejects with', async () => {
    const problem = new Error('from the callback');
    const running = run(large, 'filter.median', {
      radius: [40, 40, 40],
      onProgress: () => {
        throw problem;
      },
    });
    await expect(running).rejects.toBe(problem);
  });
});

describe('many calls at once', () => {
  it('give what each gives alone', async () => {
    const image = await analyzer.loadImage(caseFile('small.nii'));
    const alone = await analyzer.gaussianSmooth(image, { sigma: 2 });
    const pixels = caseJson<{ pixels: number[] }>('small.json').pixels;
    const smooth = Array.from({ length: 20 }, () => analyzer.gaussianSmooth(image, { sigma: 2 }));
    const frames = Array.from({ length: 20 }, async (_, i) => {
      const ds = await dicom.readDICOM(caseFile('small.dcm'));
      return dicom.getPixelArray(ds, { frame: i % 3 });
    });
    for (const result of await Promise.all(smooth)) expect(result.data).toEqual(alone.data);
    for (const [i, { data }] of (await Promise.all(frames)).entries())
      expect(Array.from(data as Int16Array)).toEqual(pixels.slice((i % 3) * 20, (i % 3) * 20 + 20));
  });

  it('keep the JavaScript thread free', async () => {
    const control = new AbortController();
    const running = failure(slow(control.signal), 'TOMO_E_CANCELED');
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await new Promise((done) => setTimeout(done, 300));
    clearInterval(timer);
    control.abort();
    await running;
    expect(ticks).toBeGreaterThan(10);
  });
});

describe('worker threads', () => {
  const addon = fileURLToPath(new URL('../build/tomo.node', import.meta.url));
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const tomo = require(workerData.addon);
    (async () => {
      const { image } = await tomo.imageLoad(workerData.file);
      const { data } = tomo.imageData(image);
      parentPort.postMessage(data.reduce((a, b) => a + b, 0));
      if (!workerData.stay) return;
      const large = (await tomo.opRun('filter.resample', { image }, { size: [320, 320, 200] })).image;
      const running = tomo.opRun('filter.gauss', { image: large }, { sigma: 20, unit: 'voxels' });
      parentPort.postMessage('running');
      await running;
    })();`;
  const start = (stay: boolean) =>
    new Worker(code, { eval: true, workerData: { addon, file: caseFile('small.nii'), stay } });
  const messages = (worker: Worker, count: number) =>
    new Promise<unknown[]>((done, failed) => {
      const got: unknown[] = [];
      worker.on('message', (m) => got.push(m) === count && done(got));
      worker.on('error', failed);
    });

  it('load the addon for themselves', async () => {
    const workers = Array.from({ length: 3 }, () => start(false));
    const sums = await Promise.all(workers.map((w) => messages(w, 1)));
    expect(sums).toEqual([[60177], [60177], [60177]]); // NumPy's sum, volume.json
    await Promise.all(workers.map((w) => w.terminate()));
  });

  it('may be terminated in the middle of a call', async () => {
    const worker = start(true);
    await messages(worker, 2);
    await worker.terminate(); // waits for the call, as Node does for its own
    const image = await analyzer.loadImage(caseFile('small.nii'));
    expect((await analyzer.getStatistics(image)).sum).toBe(60177);
  });
});

it('process.exit() does not wait for a call that takes long', () => {
  const package_ = new URL('../dist/index.js', import.meta.url).href;
  const code = `
    import { ImageAnalyzer, run } from ${JSON.stringify(package_)};
    const small = await new ImageAnalyzer().loadImage(${JSON.stringify(caseFile('small.nii'))});
    const large = await run(small, 'filter.resample', { size: [320, 320, 200] });
    run(large, 'filter.median', { radius: [40, 40, 40] });
    setTimeout(() => process.exit(7), 100);`;
  const begun = performance.now();
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect([child.status, child.stderr]).toEqual([7, '']);
  expect(performance.now() - begun).toBeLessThan(8000);
});
