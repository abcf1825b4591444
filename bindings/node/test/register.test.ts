/** Registration: a head of blobs as a formula, drawn twice, the second time where a known transform carries it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImageAnalyzer, type MedicalImage, run } from '../lib/index.js';
import { failure, temporary } from './support.js';

const analyzer = new ImageAnalyzer();
const folder = temporary();
let files = 0;

/** Voxels (float32, 1 mm, voxel 0 at the origin of LPS) as an image, by way of a NIfTI-1 file. */
async function imageOf(data: Float32Array): Promise<MedicalImage> {
  const file = Buffer.alloc(352 + data.byteLength);
  file.writeInt32LE(348, 0);
  [3, SIDE, SIDE, SIDE, 1, 1, 1, 1].forEach((n, i) => file.writeInt16LE(n, 40 + 2 * i));
  file.writeInt16LE(16, 70); // float32
  file.writeInt16LE(32, 72);
  [1, 1, 1, 1].forEach((mm, i) => file.writeFloatLE(mm, 76 + 4 * i));
  file.writeFloatLE(352, 108);
  file.writeInt16LE(1, 254); // sform, in RAS
  [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0].forEach((v, i) => file.writeFloatLE(v, 280 + 4 * i));
  file.write('n+1\0', 344, 'latin1');
  Buffer.from(data.buffer).copy(file, 352);
  const path = join(folder, `image${files++}.nii`);
  writeFileSync(path, file);
  return analyzer.loadImage(path);
}
const SIDE = 40;
const BLOBS = [
  [20, 20, 20, 9, 600],
  [26, 15, 23, 3.5, 400],
  [13, 24, 17, 3, -350],
  [22, 28, 25, 3, 500],
  [15, 12, 26, 3, 300],
] as const;

/** Values at the voxels (1 mm), each place going through `place` first. */
function draw(place: (p: [number, number, number]) => [number, number, number]): Promise<MedicalImage> {
  const data = new Float32Array(SIDE ** 3);
  for (let i = 0; i < data.length; i++) {
    const p = place([i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE / SIDE)]);
    for (const [x, y, z, width, height] of BLOBS)
      data[i]! += height * Math.exp(-((p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2) / (2 * width * width));
  }
  return imageOf(data);
}
const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
const fixed = await draw((p) => p);
/** The head turned by 0.2 about z through (20, 20) and moved by (3, -2, 1). */
const moving = await draw(([x, y, z]) => {
  const [u, v] = [x - 3 - 20, y + 2 - 20];
  return [20 + c * u + s * v, 20 - s * u + c * v, z - 1];
});
const truth = (p: number[]) => [20 + c * (p[0]! - 20) - s * (p[1]! - 20) + 3, 20 + s * (p[0]! - 20) + c * (p[1]! - 20) - 2, p[2]! + 1];

/** T(x) from the numbers that a registration gives. */
function carried(numbers: Record<string, unknown>, p: number[]): number[] {
  const { matrix, center, translation } = numbers as Record<'matrix' | 'center' | 'translation', number[]>;
  return [0, 1, 2].map(
    (r) => center[r]! + translation[r]! + [0, 1, 2].reduce((sum, k) => sum + matrix[3 * r + k]! * (p[k]! - center[k]!), 0),
  );
}

describe('registration', () => {
  it.each(['registerRigid', 'registerAffine'] as const)('%s finds the transform', async (method) => {
    const found = await analyzer[method](fixed, moving, { metric: 'correlation' });
    for (const p of [[20, 20, 20], [28, 14, 26], [12, 26, 14]]) {
      const [is, want] = [carried(found.numbers, p), truth(p)];
      expect(Math.hypot(is[0]! - want[0]!, is[1]! - want[1]!, is[2]! - want[2]!)).toBeLessThan(0.1); // a tenth of a voxel
    }
    expect(found.image.size).toEqual(fixed.size);
    expect(Math.abs(found.image.at(22, 22, 22) - fixed.at(22, 22, 22))).toBeLessThan(10); // of 600
  });

  it('takes masks and a transform to begin with, and refuses nonsense in one line', async () => {
    const everywhere = await run(fixed, 'segment.threshold', { lower: -1e9 });
    const nowhere = await run(fixed, 'segment.threshold', { lower: 1e9 });
    const first = await analyzer.registerRigid(fixed, moving);
    const again = await analyzer.registerAffine(fixed, moving, {
      initial: first.transform,
      fixedMask: everywhere,
      movingMask: everywhere,
      spacing: '1',
    });
    expect((again.numbers['levels'] as unknown[]).length).toBe(1);
    expect(again.numbers['start']).toBe('initial');
    const error = await failure(analyzer.registerRigid(fixed, moving, { fixedMask: nowhere }), 'TOMO_E_ARG');
    expect(error.message).toContain('fixed mask is empty');
  });

  it('is an operation by its name too', async () => {
    const { numbers } = await run({ fixed, moving }, 'register.landmarks', {
      fixedPoints: '0,0,0;9,0,0;0,9,0',
      movingPoints: '1,2,3;1,11,3;-8,2,3',
    });
    expect(numbers['maxMm']).toBeLessThan(1e-9);
  });
});
