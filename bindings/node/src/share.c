/* share.c - arrays of JavaScript over memory of the library. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "addon.h"

static void drop_buffer(napi_env env, void *data, void *hint) { tomo_buffer_free(hint); }

/* JavaScript may write to any ArrayBuffer, but a file's pages are mapped read-only, and a write would end the process.
 * The map is private: with write access a page that is written to becomes this process' own copy, and the file stays
 * as it is. For ordinary memory this changes nothing. */
static bool make_writable(const void *data, size_t bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)data & ~(page - 1);
    return mprotect((void *)first, (uintptr_t)data + bytes - first, PROT_READ | PROT_WRITE) == 0;
}

napi_value node_share(napi_env env, tomo_buffer *owner, const void *data, size_t bytes, bool *shared)
{
    napi_value buffer;
    void *copy;
    *shared = bytes > 0 && make_writable(data, bytes);
    if (*shared) {
        tomo_buffer_ref(owner);
        napi_status st =
            napi_create_external_arraybuffer(env, (void *)(uintptr_t)data, bytes, drop_buffer, owner, &buffer);
        if (st == napi_ok)
            return buffer;
        tomo_buffer_free(owner);
        if (st != napi_no_external_buffers_allowed)
            return node_throw_napi(env);
    }
    *shared = false;
    NODE_TRY(env, napi_create_arraybuffer(env, bytes, &copy, &buffer));
    if (bytes)
        memcpy(copy, data, bytes);
    return buffer;
}

napi_value node_typed_array(napi_env env, napi_value buffer, tomo_dtype dtype, size_t count)
{
    static const napi_typedarray_type types[] = {
        [TOMO_DTYPE_U8] = napi_uint8_array,      [TOMO_DTYPE_I8] = napi_int8_array,
        [TOMO_DTYPE_U16] = napi_uint16_array,    [TOMO_DTYPE_I16] = napi_int16_array,
        [TOMO_DTYPE_U32] = napi_uint32_array,    [TOMO_DTYPE_I32] = napi_int32_array,
        [TOMO_DTYPE_U64] = napi_biguint64_array, [TOMO_DTYPE_I64] = napi_bigint64_array,
        [TOMO_DTYPE_F32] = napi_float32_array,   [TOMO_DTYPE_F64] = napi_float64_array,
    };
    napi_value array;
    NODE_TRY(env, napi_create_typedarray(env, types[dtype], count, buffer, 0, &array));
    return array;
}

napi_value node_address_of(napi_env env, napi_callback_info info)
{
    napi_value argv[1], v;
    void *data = NULL;
    bool is_array = false;
    if (!node_args(env, info, 1, argv))
        return NULL;
    NODE_TRY(env, napi_is_typedarray(env, argv[0], &is_array));
    if (is_array)
        NODE_TRY(env, napi_get_typedarray_info(env, argv[0], NULL, NULL, &data, NULL, NULL));
    else
        NODE_TRY(env, napi_get_arraybuffer_info(env, argv[0], &data, NULL));
    NODE_TRY(env, napi_create_bigint_uint64(env, (uint64_t)(uintptr_t)data, &v));
    return v;
}
