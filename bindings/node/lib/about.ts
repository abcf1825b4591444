/** The library under this package. */
import { native } from './native.js';

export interface About {
  version: string;
  /** Threads that operations run on. */
  threads: number;
  /** Kernels in use. */
  cpu: 'c' | 'avx2' | 'avx512';
  /** Bytes that the library holds now, and at most since it was loaded. */
  memory: number;
  memoryPeak: number;
}

export function about(): About {
  return native.about();
}

/** Give large blocks that the library keeps for reuse back to the system. */
export function trim(): void {
  native.trim();
}
