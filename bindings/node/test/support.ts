/** What the tests share: inputs, temporary folders, memory of the process. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { TomoError, type TomoErrorCode } from '../lib/index.js';

/** A committed input; test/cases/make_cases.py says what made it. */
export function caseFile(name: string): string {
  return fileURLToPath(new URL(`cases/${name}`, import.meta.url));
}

export function caseJson<T>(name: string): T {
  return JSON.parse(readFileSync(caseFile(name), 'utf8')) as T;
}

const shared = process.env['TOMO_TEST_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** Path of shared test data, or undefined where it is not there: skip the test then. */
export function data(path: string): string | undefined {
  const file = join(shared, path);
  return existsSync(file) ? file : undefined;
}

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tomo-node-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Resident memory of this process in bytes, mapped files included. */
export function resident(): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** Collect, and let finalizers run, which Node does on later turns of the loop. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((done) => setImmediate(done));
  }
}

/** The error that a promise rejects with; anything else is a failure of the test. */
export async function failure(promise: Promise<unknown>, code: TomoErrorCode): Promise<TomoError> {
  const error: unknown = await promise.then(
    () => new Error(`resolved, but ${code} was expected`),
    (e: unknown) => e,
  );
  if (error instanceof TomoError && error.code === code) return error;
  throw error;
}

/** A NIfTI-1 file of int16 zeros, a hole on disk but for the voxels given. */
export async function writeNifti(path: string, size: [number, number, number], voxels: Map<number, number>): Promise<void> {
  const head = Buffer.alloc(352);
  head.writeInt32LE(348, 0);
  [3, ...size, 1, 1, 1, 1].forEach((n, i) => head.writeInt16LE(n, 40 + 2 * i));
  head.writeInt16LE(4, 70); // int16
  head.writeInt16LE(16, 72);
  [1, 1, 1, 1].forEach((n, i) => head.writeFloatLE(n, 76 + 4 * i));
  head.writeFloatLE(352, 108);
  head.writeInt16LE(1, 254); // sform: rows of the affine, RAS
  [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0].forEach((n, i) => head.writeFloatLE(n, 280 + 4 * i));
  head.write('n+1\0', 344, 'latin1');
  const file = await open(path, 'w');
  try {
    await file.write(head, 0, 352, 0);
    await file.truncate(352 + 2 * size[0] * size[1] * size[2]);
    for (const [index, value] of voxels) {
      const two = Buffer.alloc(2);
      two.writeInt16LE(value);
      await file.write(two, 0, 2, 352 + 2 * index);
    }
  } finally {
    await file.close();
  }
}
