/** AbortSignal and progress callbacks on top of the addon's jobs. */
import { getMaxListeners, setMaxListeners } from 'node:events';
import { aborted, TomoError } from './errors.js';
import { native, type JobHandle } from './native.js';
import type { ProgressOptions } from './types.js';

const PROGRESS_EVERY_MS = 50;
const MOST_CALLS_A_SIGNAL = 1000;

/** Run `start` with a job that `options.signal` cancels and `options.onProgress` watches; without either, with none. */
export async function call<T>(
  options: ProgressOptions | undefined,
  start: (job: JobHandle | undefined) => Promise<T>,
): Promise<T> {
  const signal = options?.signal;
  const onProgress = options?.onProgress;
  if (signal?.aborted) throw aborted(signal);
  if (!signal && !onProgress) return start(undefined);

  const job = native.jobNew();
  let thrown: { error: unknown } | undefined; // by onProgress
  const cancel = (): void => native.jobCancel(job);
  const tell = (): void => {
    try {
      onProgress?.(native.jobProgress(job));
    } catch (error) {
      thrown ??= { error };
      cancel();
    }
  };
  const timer = onProgress && setInterval(tell, PROGRESS_EVERY_MS);
  if (signal) {
    const most = getMaxListeners(signal); // 10, past which Node warns of a leak; 0 is any number
    if (most > 0 && most < MOST_CALLS_A_SIGNAL) setMaxListeners(MOST_CALLS_A_SIGNAL, signal);
    signal.addEventListener('abort', cancel, { once: true });
  }
  try {
    const result = await start(job);
    onProgress?.(1);
    return result;
  } catch (error) {
    if (thrown) throw thrown.error;
    if (signal?.aborted && error instanceof TomoError && error.code === 'TOMO_E_CANCELED') throw aborted(signal);
    throw error;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
