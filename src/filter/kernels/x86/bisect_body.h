/* bisect_body.h - medians of 8- and 16-bit values by bisection. bisect_avx2.c and bisect_avx512.c include it twice,
 * with T, NAME(x), VEC, MASK, GET(p), PUT(p, v), OR(a, b), SET(x), MORE(count, v, trial) (count + 1 where v >= trial),
 * ABOVE(count, x) and CHOOSE(a, b, mask) set; for bytes also WIDE_ADD and WIDE_ABOVE, which count past 255. */

#define LANES ((int64_t)(sizeof(VEC) / sizeof(T)))

/* See tomo__bisect. Bit after bit, from the highest: set if more than half of the values are at least so great. */
static void NAME(bisect)(void *out, const void *const *in, int64_t rows, int64_t across, int bits, int64_t n)
{
    const T *const *row = (const T *const *)in;
    const int64_t half = rows * across / 2;
    for (int64_t i = 0; i < n; i += LANES) {
        VEC found = SET(0);
        for (int b = bits - 1; b >= 0; b--) {
            const VEC trial = OR(found, SET((T)(1u << b)));
            MASK above;
#ifdef WIDE_ADD /* a byte counts to 255 */
            if (rows * across > 255) {
                const int64_t some = 255 / across;
                VEC low = SET(0), high = SET(0);
                for (int64_t from = 0; from < rows; from += some) {
                    const int64_t to = from + some < rows ? from + some : rows;
                    VEC count = SET(0);
                    for (int64_t r = from; r < to; r++)
                        for (int64_t x = 0; x < across; x++)
                            count = MORE(count, GET(row[r] + i + x), trial);
                    WIDE_ADD(low, high, count);
                }
                above = WIDE_ABOVE(low, high, (int16_t)half);
                found = CHOOSE(found, trial, above);
                continue;
            }
#endif
            VEC count = SET(0);
            for (int64_t r = 0; r < rows; r++)
                for (int64_t x = 0; x < across; x++)
                    count = MORE(count, GET(row[r] + i + x), trial);
            above = ABOVE(count, (T)half);
            found = CHOOSE(found, trial, above);
        }
        PUT((T *)out + i, found);
    }
}
#undef LANES
