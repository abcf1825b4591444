/* tomo/base.h - what every other room stands on: results, contexts, jobs, buffers, byte sources, operations.
 *
 * Threads: a tomo_ctx may be used from many threads at once. A tomo_job may be polled and canceled from any
 * thread. Buffers and sources are immutable once made and may be shared freely.
 * Ownership is said in four phrases, used literally: "owned by the caller" (free it), "borrowed until ...",
 * "adopted on success, yours on failure", "shared" (reference counted; each holder frees its own reference).
 * No call reads the environment, prints, exits or keeps state outside a context. */
#ifndef TOMO_BASE_H
#define TOMO_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define TOMO_API __declspec(dllexport)
#elif defined(__GNUC__)
#define TOMO_API __attribute__((visibility("default")))
#else
#define TOMO_API
#endif

#define TOMO_VERSION_MAJOR 0
#define TOMO_VERSION_MINOR 1
#define TOMO_VERSION_PATCH 0
#define TOMO_VERSION "0.1.0"

/** Version of the library that is running, as TOMO_VERSION. @since 0.1 */
TOMO_API const char *tomo_version(void);

/* ---- results ------------------------------------------------------------------------------------------- */

/** What a call returns. The numbers are pinned; new ones are only ever added. */
typedef int32_t tomo_status;
enum {
    TOMO_OK = 0,
    TOMO_E_ARG = -1,         /**< an argument or option is wrong: the caller's mistake */
    TOMO_E_NOMEM = -2,       /**< the allocator returned NULL */
    TOMO_E_LIMIT = -3,       /**< a limit of the context (memory, depth, size) would be passed */
    TOMO_E_CANCELED = -4,    /**< the job was canceled */
    TOMO_E_IO = -5,          /**< the operating system said no; see tomo_error.os_errno */
    TOMO_E_FORMAT = -6,      /**< the input is damaged or is not what it claims to be */
    TOMO_E_UNSUPPORTED = -7, /**< valid, but Tomo can't do it */
    TOMO_E_NOTFOUND = -8,    /**< no such file, element, series, label, operation */
    TOMO_E_GEOMETRY = -9,    /**< slices that don't form a volume; grids that don't match */
    TOMO_E_MISSING = -10,    /**< a room, library or model package is not installed */
    TOMO_E_NETWORK = -11,    /**< a peer or the network failed */
    TOMO_E_DENIED = -12,     /**< access refused */
    TOMO_E_EXISTS = -13,     /**< would overwrite something */
    TOMO_E_INTERNAL = -99    /**< a promise inside Tomo was broken; please report it */
};

/** Short fixed name of a status, such as "damaged input". Never NULL. @since 0.1 */
TOMO_API const char *tomo_status_name(tomo_status status);

/** Why a call failed. Owned by the caller, usually on the stack, zeroed before first use; NULL may be passed
 * where the reason does not matter. The message is one line of UTF-8: what, where, found, expected. */
typedef struct tomo_error {
    tomo_status status;
    int32_t     os_errno;     /**< errno, or 0 */
    int64_t     offset;       /**< byte offset in the input, or -1 */
    char        message[240]; /**< always NUL-terminated */
} tomo_error;

/* ---- context ------------------------------------------------------------------------------------------- */

typedef struct tomo_ctx tomo_ctx;
typedef struct tomo_job tomo_job;

/** Levels of processor support for which Tomo has kernels. Plain C is the meaning; the others are faster. */
typedef enum tomo_cpu {
    TOMO_CPU_C = 0,      /**< plain C17 */
    TOMO_CPU_AVX2 = 1,   /**< x86-64-v3: AVX2, FMA, BMI2 */
    TOMO_CPU_AVX512 = 2, /**< x86-64-v4: AVX-512 F, BW, DQ, VL */
    TOMO_CPU_COUNT = 3
} tomo_cpu;

typedef enum tomo_log_level { TOMO_LOG_DEBUG = 0, TOMO_LOG_INFO = 1, TOMO_LOG_WARN = 2 } tomo_log_level;

/** Memory for a context. alloc returns 16-byte aligned memory or NULL; free takes what alloc gave.
 * Both are called from any thread. */
typedef struct tomo_allocator {
    void *user;
    void *(*alloc)(void *user, size_t bytes);
    void (*free)(void *user, void *ptr, size_t bytes);
} tomo_allocator;

/** Receives finished UTF-8 lines without a line end and without patient data. Called from any thread. */
typedef void (*tomo_log_fn)(void *user, tomo_log_level level, const char *room, const char *text);

/** Options of a context; start from TOMO_CTX_OPTIONS_INIT. A zero field means its default. */
typedef struct tomo_ctx_options {
    uint32_t       struct_size;
    int32_t        threads;       /**< workers with the caller; 0 = one a core, 1 = no thread is made; at most 1024 */
    uint64_t       memory_limit;  /**< bytes the context may hold at once; 0 = 3/4 of the machine's memory */
    int32_t        cpu_max;       /**< highest tomo_cpu level to use, -1 = the best that the machine has */
    int32_t        reserved;
    tomo_allocator allocator;     /**< all zero = the system's */
    tomo_log_fn    log;           /**< NULL = silent */
    void          *log_user;
} tomo_ctx_options;
#define TOMO_CTX_OPTIONS_INIT { sizeof(tomo_ctx_options), 0, 0, -1, 0, { NULL, NULL, NULL }, NULL, NULL }

/** Make a context: allocator, memory limit, thread pool, kernel level, logger. Threads start at first use.
 * @param out  owned by the caller (tomo_ctx_free)
 * @param opts NULL for the defaults
 * @return TOMO_OK, TOMO_E_ARG or TOMO_E_NOMEM   @since 0.1 */
TOMO_API tomo_status tomo_ctx_new(tomo_ctx **out, const tomo_ctx_options *opts, tomo_error *err);

/** Give up a context. NULL is fine. Images, data sets and buffers made with it stay valid: the memory behind
 * the context goes when the last of them goes. @since 0.1 */
TOMO_API void tomo_ctx_free(tomo_ctx *ctx);

/** Number of workers (including the calling thread). @since 0.1 */
TOMO_API int32_t tomo_ctx_threads(const tomo_ctx *ctx);
/** Kernel level in use. @since 0.1 */
TOMO_API tomo_cpu tomo_ctx_cpu(const tomo_ctx *ctx);
/** Bytes held now and at most since the context was made. Either pointer may be NULL. @since 0.1 */
TOMO_API void tomo_ctx_memory(const tomo_ctx *ctx, uint64_t *now, uint64_t *peak);
/** Give back the large blocks that the context keeps for reuse. @since 0.1 */
TOMO_API void tomo_ctx_trim(tomo_ctx *ctx);

/* ---- jobs: progress and cancel --------------------------------------------------------------------------- */

/** Called on the thread that runs the work, at most about 20 times a second. Return false to cancel. */
typedef bool (*tomo_job_fn)(void *user, double done, const char *what);

/** Make a job to hand to one long call (or to several, one after the other). NULL is a valid job everywhere.
 * @param on_step may be NULL. @since 0.1 */
TOMO_API tomo_status tomo_job_new(tomo_job **out, tomo_job_fn on_step, void *user, tomo_error *err);
/** NULL is fine. Only after the call that uses it has returned. @since 0.1 */
TOMO_API void tomo_job_free(tomo_job *job);
/** Ask the work to stop; from any thread, also from a signal handler. It returns TOMO_E_CANCELED soon. @since 0.1 */
TOMO_API void tomo_job_cancel(tomo_job *job);
TOMO_API bool tomo_job_canceled(const tomo_job *job);
/** Part done, 0 to 1; from any thread. @since 0.1 */
TOMO_API double tomo_job_progress(const tomo_job *job);

/* ---- buffers --------------------------------------------------------------------------------------------- */

/** Bytes with a reference count: memory of Tomo's, a memory map, an ArrayBuffer, a NumPy array. */
typedef struct tomo_buffer tomo_buffer;
/** Called once, from whichever thread drops the last reference. */
typedef void (*tomo_release_fn)(void *user, void *data, size_t size);

/** New memory, 64-byte aligned, contents undefined. Large blocks use huge pages and are reused.
 * @return TOMO_OK, TOMO_E_NOMEM or TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_buffer_new(tomo_ctx *ctx, tomo_buffer **out, size_t size, tomo_error *err);
/** Wrap memory of somebody else's, without a copy. `data` is adopted on success, yours on failure: release()
 * is called when the last reference goes. release may be NULL for memory that outlives everything. @since 0.1 */
TOMO_API tomo_status tomo_buffer_wrap(tomo_ctx *ctx, tomo_buffer **out, void *data, size_t size,
                                      tomo_release_fn release, void *user, tomo_error *err);
/** Another reference to the same bytes; returns its argument. @since 0.1 */
TOMO_API tomo_buffer *tomo_buffer_ref(tomo_buffer *buffer);
/** Drop a reference. NULL is fine. @since 0.1 */
TOMO_API void tomo_buffer_free(tomo_buffer *buffer);
TOMO_API const void *tomo_buffer_data(const tomo_buffer *buffer);
TOMO_API size_t tomo_buffer_size(const tomo_buffer *buffer);
/** The bytes for writing: only for the one who made the buffer, before it is shared with anybody. @since 0.1 */
TOMO_API void *tomo_buffer_data_mut(tomo_buffer *buffer);

/* ---- byte sources ---------------------------------------------------------------------------------------- */

/** Where bytes come from: a file, memory, callbacks (HTTP ranges, an archive). Opened once, read at any offset
 * from any thread, never written. */
typedef struct tomo_source tomo_source;

typedef struct tomo_source_callbacks {
    uint32_t struct_size;
    void    *user;
    uint64_t size; /**< bytes in all */
    /** Read exactly `bytes` at `offset`; return 0, or an errno. From any thread. */
    int (*read)(void *user, uint64_t offset, void *to, size_t bytes);
    void (*close)(void *user); /**< may be NULL */
} tomo_source_callbacks;

/** Open a regular file. A folder, a device or a FIFO is TOMO_E_ARG. The file must not shrink while it is open.
 * @param out shared (tomo_source_free)  @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_IO, TOMO_E_ARG  @since 0.1 */
TOMO_API tomo_status tomo_source_open(tomo_ctx *ctx, tomo_source **out, const char *path, tomo_error *err);
/** Read from memory that a buffer holds; the buffer gets a reference. @since 0.1 */
TOMO_API tomo_status tomo_source_from_buffer(tomo_ctx *ctx, tomo_source **out, tomo_buffer *buffer, tomo_error *err);
/** Read from memory that stays as it is until the source is freed (borrowed until then). @since 0.1 */
TOMO_API tomo_status tomo_source_from_memory(tomo_ctx *ctx, tomo_source **out, const void *data, size_t size,
                                             tomo_error *err);
TOMO_API tomo_status tomo_source_from_callbacks(tomo_ctx *ctx, tomo_source **out, const tomo_source_callbacks *cb,
                                                tomo_error *err);
TOMO_API tomo_source *tomo_source_ref(tomo_source *source);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_source_free(tomo_source *source);
TOMO_API uint64_t tomo_source_size(const tomo_source *source);
/** Path or a short description, for messages; never NULL. @since 0.1 */
TOMO_API const char *tomo_source_name(const tomo_source *source);
/** Read exactly `bytes` at `offset` into `to`. Past the end is TOMO_E_FORMAT with the offset. @since 0.1 */
TOMO_API tomo_status tomo_source_read(tomo_source *source, uint64_t offset, void *to, size_t bytes, tomo_error *err);
/** All bytes as one buffer: a memory map for files, the memory itself for memory, a bounded copy for callbacks.
 * @param out shared (tomo_buffer_free)  @since 0.1 */
TOMO_API tomo_status tomo_source_map(tomo_source *source, tomo_buffer **out, tomo_error *err);

/* ---- oddities that are not failures ------------------------------------------------------------------------ */

/** Collects remarks about input that is odd but was read ("odd length 5 of (0010,0010) at byte 812"). */
typedef struct tomo_report tomo_report;
TOMO_API tomo_status tomo_report_new(tomo_ctx *ctx, tomo_report **out, tomo_error *err);
TOMO_API void tomo_report_free(tomo_report *report);
/** Remarks so far; at most 1000 are kept, the count goes on. @since 0.1 */
TOMO_API size_t tomo_report_count(const tomo_report *report);
/** The i-th remark kept, borrowed until the report is freed; NULL past the last kept. @since 0.1 */
TOMO_API const char *tomo_report_text(const tomo_report *report, size_t i);

/* ---- operations that describe themselves ------------------------------------------------------------------- */

/** What an option holds and the C type of its field in the options struct. */
typedef enum tomo_opt_type {
    TOMO_OPT_BOOL = 0,   /**< bool */
    TOMO_OPT_INT = 1,    /**< int32_t */
    TOMO_OPT_DOUBLE = 2, /**< double */
    TOMO_OPT_ENUM = 3,   /**< int32_t, index into choices */
    TOMO_OPT_TEXT = 4,   /**< const char *, borrowed during the call; NULL or "" = not given */
    TOMO_OPT_DOUBLES = 5 /**< double[count]; on the command line "1,2,3" */
} tomo_opt_type;

/** One option of an operation: from this row come the command's flag, the TypeScript type, the JSON pipeline
 * step, the provenance record and the line in the reference page. */
typedef struct tomo_option {
    const char        *name;    /**< lower case, "sigma" or "min-volume"; camelCase in TypeScript and JSON */
    tomo_opt_type      type;
    uint32_t           offset;  /**< offsetof() in the options struct */
    uint32_t           count;   /**< TOMO_OPT_DOUBLES: how many; else 1 */
    double             def;     /**< default; for enums the index, for bools 0 or 1; every element of DOUBLES */
    double             min, max; /**< inclusive range of numbers; both 0 = any finite number */
    const char        *unit;    /**< "mm", "HU", "voxels", "" */
    const char *const *choices; /**< TOMO_OPT_ENUM: names, NULL-ended */
    bool               required; /**< the default is not usable: the caller must set it */
    const char        *help;    /**< one sentence */
} tomo_option;

/** What flows between operations. The pointer is a tomo_image, tomo_mesh, tomo_transform, or a tomo_buffer of UTF-8
 * JSON. */
typedef enum tomo_kind {
    TOMO_KIND_NONE = 0,
    TOMO_KIND_IMAGE = 1,  /**< tomo_image of gray voxels */
    TOMO_KIND_LABELS = 2, /**< tomo_image of whole numbers with a label table (a mask has one label, 1) */
    TOMO_KIND_RGB = 3,    /**< tomo_image, uint8, 3 or 4 components: a picture */
    TOMO_KIND_MESH = 4,   /**< tomo_mesh */
    TOMO_KIND_JSON = 5,   /**< tomo_buffer with one JSON object: numbers, tables */
    TOMO_KIND_TRANSFORM = 6 /**< tomo_transform */
} tomo_kind;

typedef struct tomo_value {
    tomo_kind kind;
    void     *ptr;
} tomo_value;

typedef struct tomo_port {
    const char *name; /**< "image", "mask" */
    tomo_kind   kind;
    bool        optional; /**< an input: may be left out; an output: written only where it is asked for by its name */
    const char *help;
} tomo_port;

#define TOMO_MAX_PORTS 6

/** Run an operation by its table row. `in` and `out` follow the row's ports; values in `in` are borrowed until
 * the call returns, values in `out` are owned by the caller and untouched on failure. `opts` is the row's own
 * options struct or NULL for the defaults. */
typedef tomo_status (*tomo_op_fn)(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,
                                  tomo_job *job, tomo_error *err);

/** One operation. */
typedef struct tomo_op {
    const char        *room, *name; /**< "filter", "gauss": `tomo filter gauss`, tomo_filter_gauss() */
    const char        *help;        /**< one sentence */
    const char        *detail;      /**< method, output type, edge rule, source; a short paragraph */
    const char        *example;     /**< a command line that runs, IN and OUT names as users write them */
    tomo_port          in[TOMO_MAX_PORTS], out[TOMO_MAX_PORTS]; /**< ended by TOMO_KIND_NONE */
    const tomo_option *options;     /**< NULL if n_options is 0 */
    uint32_t           n_options;
    uint32_t           opts_size;   /**< sizeof the options struct, whose first field is uint32_t struct_size */
    tomo_op_fn         run;
} tomo_op;

/** Fill an options struct of `op` with the table's defaults, struct_size included. @since 0.1 */
TOMO_API void tomo_op_defaults(const tomo_op *op, void *opts);
/** Hold an options struct against the table: ranges, choices, required ones.
 * @return TOMO_OK or TOMO_E_ARG naming option, value found and range expected  @since 0.1 */
TOMO_API tomo_status tomo_op_check(const tomo_op *op, const void *opts, tomo_error *err);
/** Set one option from text, as the command line does ("2.5", "linear", "1,1,3", "true").
 * TEXT options borrow `text` until opts is last used. @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_ARG @since 0.1 */
TOMO_API tomo_status tomo_op_set(const tomo_op *op, void *opts, const char *name, const char *text, tomo_error *err);
/** The options as one JSON object with camelCase names, complete (defaults included).
 * @param out owned by the caller (tomo_buffer_free), NUL-terminated UTF-8  @since 0.1 */
TOMO_API tomo_status tomo_op_options_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_op *op, const void *opts,
                                          tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
