/* cpu.c - what the machine offers: kernel level, cores that this process may use, memory. */
#include <sched.h>
#include <unistd.h>

#include "base/base_private.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* The AVX2 kernels are compiled with -mf16c too (CMakeLists.txt), which not every compiler's
 * __builtin_cpu_supports knows by name: CPUID leaf 1, ECX bit 29. */
static bool has_f16c(void)
{
    unsigned a, b, c = 0, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c >> 29 & 1);
}

tomo_cpu tomo__cpu_best(void)
{
    /* __builtin_cpu_supports also asks whether the operating system saves the wide registers */
    bool avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") && has_f16c();
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return avx512 ? TOMO_CPU_AVX512 : avx2 ? TOMO_CPU_AVX2 : TOMO_CPU_C;
}
#else
tomo_cpu tomo__cpu_best(void) { return TOMO_CPU_C; }
#endif

int32_t tomo__cpu_count(void)
{
    cpu_set_t set;
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        n = CPU_COUNT(&set); /* a container or taskset may leave fewer cores than the machine has */
    return (int32_t)TOMO__MAX(1, TOMO__MIN(n, 1024));
}

uint64_t tomo__cpu_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || size <= 0)
        return (uint64_t)4 << 30; /* unknown: enough for a study */
    return (uint64_t)pages * (uint64_t)size;
}
