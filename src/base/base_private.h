/* base_private.h - the insides of a context and a job, seen by the files of this room only. */
#ifndef TOMO_BASE_PRIVATE_H
#define TOMO_BASE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/base_internal.h"

/* Large blocks that were freed and wait for reuse, oldest first. */
#define TOMO__CACHE_SLOTS 32

typedef struct tomo__cached {
    void *map;
    size_t bytes;
} tomo__cached;

typedef struct tomo__cache {
    pthread_mutex_t lock;
    tomo__cached block[TOMO__CACHE_SLOTS];
    int32_t count;
    bool closed;            /* the user has given up the context: nothing is kept any more */
    uint64_t most;          /* bytes that may be kept */
    _Atomic uint64_t bytes; /* kept now; written under the lock */
} tomo__cache;

struct tomo__batch;

typedef struct tomo__pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* a batch has come, or the end */
    pthread_cond_t done; /* the last helper has left the batch */
    struct tomo__batch *batch;
    uint64_t turn;  /* counts batches, so that no helper joins one twice */
    int32_t inside; /* helpers working on the batch */
    int32_t started;
    bool taken; /* somebody's call has the pool; others run inline */
    bool tried; /* threads were started, as far as the system let us */
    bool stop;
} tomo__pool;

/* A thread of the pool. slot 0 is the calling thread's. */
typedef struct tomo__worker {
    tomo_ctx *ctx;
    pthread_t thread;
    int32_t slot;
} tomo__worker;

struct tomo_ctx {
    _Atomic int64_t refs; /* one for the user until tomo_ctx_free, one for each object made with it */
    tomo_allocator allocator;
    bool own_memory;    /* no allocator of the user's: large blocks may be mapped and kept */
    size_t block_bytes; /* of this struct with its workers */
    uint64_t limit;
    _Atomic uint64_t now, peak;
    _Atomic uint64_t file_counter; /* names of temporary files */
    tomo_cpu cpu;
    tomo_log_fn log;
    void *log_user;
    tomo__cache cache;
    tomo__pool pool;
    int32_t threads; /* the caller and threads - 1 workers */
    tomo__worker worker[];
};

struct tomo_job {
    atomic_bool canceled;
    _Atomic int32_t parallel;  /* calls of tomo__parallel that are under way; inside, steps only look for cancel */
    _Atomic uint64_t progress; /* the bits of a double from 0 to 1, whose order is that of the numbers */
    tomo_job_fn on_step;
    void *user;
    tomo__span span;
    const char *what;
    struct timespec last; /* when on_step was called last */
    double last_value;
};

/* memory.c */
void tomo__account_add(tomo_ctx *ctx, uint64_t bytes); /* without a look at the limit */
void tomo__account_sub(tomo_ctx *ctx, uint64_t bytes);
void tomo__cache_close(tomo_ctx *ctx);
/* pool.c: both are called once, by tomo_ctx_new and tomo_ctx_free */
bool tomo__pool_init(tomo_ctx *ctx);
void tomo__pool_stop(tomo_ctx *ctx);
void tomo__pool_destroy(tomo_ctx *ctx);
/* job.c */
void tomo__job_raise(tomo_job *job, double value);                 /* from any thread; never backwards */
void tomo__job_tick(tomo_job *job);                                /* calling thread: perhaps on_step */
tomo_status tomo__job_check(const tomo_job *job, tomo_error *err); /* canceled? */
/* error.c: one line of valid UTF-8 of at most size - 1 bytes, whatever came in */
void tomo__clean_line(char *text, size_t size);
/* cpu.c */
tomo_cpu tomo__cpu_best(void);
int32_t tomo__cpu_count(void);
uint64_t tomo__cpu_memory(void);

#endif
