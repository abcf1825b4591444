/** One class for everything that goes wrong, on either side of the addon. */

/** Names of the library's statuses (include/tomo/base.h). The set only ever grows. */
export type TomoErrorCode =
  | 'TOMO_E_ARG' | 'TOMO_E_NOMEM' | 'TOMO_E_LIMIT' | 'TOMO_E_CANCELED' | 'TOMO_E_IO' | 'TOMO_E_FORMAT'
  | 'TOMO_E_UNSUPPORTED' | 'TOMO_E_NOTFOUND' | 'TOMO_E_GEOMETRY' | 'TOMO_E_MISSING' | 'TOMO_E_NETWORK'
  | 'TOMO_E_DENIED' | 'TOMO_E_EXISTS' | 'TOMO_E_INTERNAL';

/** A failed call. `message` is one line: what, where, found, expected. A canceled call has the name `AbortError`. */
export class TomoError extends Error {
  readonly code: TomoErrorCode;
  /** The number behind `code`, as in C. */
  readonly status: number;
  /** errno of the operating system, or 0. */
  readonly osErrno: number;
  /** Byte offset in the input, or -1. */
  readonly offset: number;

  /** Called by the addon in this order of arguments (src/error.c). */
  constructor(message: string, code: TomoErrorCode, status: number, osErrno = 0, offset = -1) {
    super(message);
    this.name = code === 'TOMO_E_CANCELED' ? 'AbortError' : 'TomoError';
    this.code = code;
    this.status = status;
    this.osErrno = osErrno;
    this.offset = offset;
  }
}

/** What an aborted call rejects with; the signal's reason is its `cause`. */
export function aborted(signal: AbortSignal): TomoError {
  const error = new TomoError('the call was aborted', 'TOMO_E_CANCELED', -4);
  error.cause = signal.reason;
  return error;
}

export function wrongArgument(message: string): TomoError {
  return new TomoError(message, 'TOMO_E_ARG', -1);
}
