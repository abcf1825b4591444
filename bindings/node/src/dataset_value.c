/* dataset_value.c - one element as a value of JavaScript: numbers, texts, bytes, items.
 *
 * An attribute that may have several values by the dictionary is an array however many it has, so that its type does
 * not depend on the file; any other is an array only if the file gives it several values against the dictionary. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"

typedef enum value_kind { VALUE_TEXT, VALUE_DECIMAL, VALUE_FLOAT, VALUE_WHOLE, VALUE_BYTES } value_kind;

static value_kind kind_of(uint16_t vr)
{
    switch (vr) {
    case TOMO_VR('D', 'S'):
    case TOMO_VR('I', 'S'):
        return VALUE_DECIMAL;
    case TOMO_VR('F', 'L'):
    case TOMO_VR('F', 'D'):
        return VALUE_FLOAT;
    case TOMO_VR('U', 'S'):
    case TOMO_VR('S', 'S'):
    case TOMO_VR('U', 'L'):
    case TOMO_VR('S', 'L'):
    case TOMO_VR('U', 'V'):
    case TOMO_VR('S', 'V'):
        return VALUE_WHOLE;
    case TOMO_VR('O', 'B'):
    case TOMO_VR('O', 'W'):
    case TOMO_VR('O', 'L'):
    case TOMO_VR('O', 'V'):
    case TOMO_VR('O', 'F'):
    case TOMO_VR('O', 'D'):
    case TOMO_VR('U', 'N'):
        return VALUE_BYTES;
    default:
        return VALUE_TEXT;
    }
}

/* A copy: the file's own bytes are in the file's byte order, and pixels are read through pixels(). */
static napi_value bytes_value(napi_env env, const tomo_element *e)
{
    napi_value buffer, array;
    void *to;
    const size_t size = e->value ? (size_t)e->length : 0;
    NODE_TRY(env, napi_create_arraybuffer(env, size, &to, &buffer));
    if (size)
        memcpy(to, e->value, size);
    NODE_TRY(env, napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &array));
    return array;
}

static napi_value null_value(napi_env env)
{
    napi_value v;
    NODE_TRY(env, napi_get_null(env, &v));
    return v;
}

/* All values of a text element joined by backslashes, or the i-th. free() it. */
static char *text_of(const tomo_dataset *ds, tomo_tag tag, size_t i, size_t *length)
{
    int64_t n = tomo_dataset_text(ds, tag, i, NULL, 0);
    char *text = n < 0 ? NULL : malloc((size_t)n + 1);
    if (text) {
        tomo_dataset_text(ds, tag, i, text, (size_t)n + 1);
        *length = (size_t)n;
    }
    return text;
}

/* A number if it is written as one (PS3.5 6.2: DS, IS), the text itself if not, null if empty. */
static napi_value piece_value(napi_env env, const char *text, size_t length, bool decimal)
{
    napi_value v, number;
    double value = 0;
    if (length == 0)
        return null_value(env);
    NODE_TRY(env, napi_create_string_utf8(env, text, length, &v));
    if (!decimal || strspn(text, "0123456789+-.eE ") < length)
        return v;
    NODE_TRY(env, napi_coerce_to_number(env, v, &number));
    NODE_TRY(env, napi_get_value_double(env, number, &value));
    return value == value ? number : v;
}

/* Whole numbers past 2^53 are BigInts: as numbers they would be other ones. */
static napi_value whole_value(napi_env env, const tomo_dataset *ds, tomo_tag tag, uint16_t vr, size_t i)
{
    const int64_t exact = INT64_C(1) << 53;
    int64_t v = 0;
    size_t length = 0;
    napi_value out;
    if (tomo_dataset_int(ds, tag, i, &v)) {
        if (v >= -exact && v <= exact)
            NODE_TRY(env, napi_create_int64(env, v, &out));
        else
            NODE_TRY(env, napi_create_bigint_int64(env, v, &out));
        return out;
    }
    char *text = vr == TOMO_VR('U', 'V') ? text_of(ds, tag, i, &length) : NULL;
    if (!text)
        return null_value(env);
    const uint64_t big = strtoull(text, NULL, 10);
    free(text);
    NODE_TRY(env, napi_create_bigint_uint64(env, big, &out));
    return out;
}

static napi_value one_value(napi_env env, const tomo_dataset *ds, const tomo_element *e, size_t i)
{
    double number = 0;
    napi_value v;
    char small[256], *text = small;
    switch (kind_of(e->vr)) {
    case VALUE_WHOLE:
        return whole_value(env, ds, e->tag, e->vr, i);
    case VALUE_DECIMAL:
    case VALUE_FLOAT:
        if (tomo_dataset_double(ds, e->tag, i, &number)) {
            NODE_TRY(env, napi_create_double(env, number, &v));
            return v;
        }
        break;
    default:
        break;
    }
    size_t length = 0;
    int64_t n = tomo_dataset_text(ds, e->tag, i, small, sizeof small);
    if (n <= 0)
        return null_value(env);
    length = (size_t)n;
    if (length >= sizeof small)
        text = text_of(ds, e->tag, i, &length);
    if (!text)
        return node_throw_arg(env, "no memory for a value of %zu bytes", length);
    v = piece_value(env, text, length, false);
    if (text != small)
        free(text);
    return v;
}

/* Texts are decoded once and cut here: asking for each by number would start over every time. */
static napi_value text_values(napi_env env, const tomo_dataset *ds, const tomo_element *e, napi_value list)
{
    size_t length = 0;
    char *text = text_of(ds, e->tag, SIZE_MAX, &length);
    napi_value v = list;
    uint32_t n = 0;
    if (!text)
        return node_throw_arg(env, "no memory for the values of %08x", (unsigned)e->tag);
    for (char *at = text, *stop; v && at; at = stop) {
        stop = memchr(at, '\\', (size_t)(text + length - at));
        const size_t size = stop ? (size_t)(stop - at) : (size_t)(text + length - at);
        if (stop)
            *stop++ = '\0';
        v = piece_value(env, at, size, kind_of(e->vr) == VALUE_DECIMAL);
        if (v && napi_set_element(env, list, n++, v) != napi_ok)
            v = node_throw_napi(env);
    }
    free(text);
    return v ? list : NULL;
}

static napi_value all_values(napi_env env, const tomo_dataset *ds, const tomo_element *e, size_t count)
{
    napi_value list, v;
    const value_kind kind = kind_of(e->vr);
    NODE_TRY(env, napi_create_array_with_length(env, count, &list));
    if (count > 1 && (kind == VALUE_TEXT || kind == VALUE_DECIMAL) && e->vr != TOMO_VR('A', 'T'))
        return text_values(env, ds, e, list);
    for (size_t i = 0; i < count; i++) {
        v = one_value(env, ds, e, i);
        if (!v)
            return NULL;
        NODE_TRY(env, napi_set_element(env, list, (uint32_t)i, v));
    }
    return list;
}

static napi_value items_value(napi_env env, const node_dataset *d, const tomo_dataset *at, const tomo_element *e)
{
    napi_value list, item;
    NODE_TRY(env, napi_create_array_with_length(env, e->items, &list));
    for (uint32_t i = 0; i < e->items; i++) {
        item = node_dataset_handle(env, d->root, tomo_dataset_item(at, e->tag, i));
        if (!item)
            return NULL;
        NODE_TRY(env, napi_set_element(env, list, i, item));
    }
    return list;
}

napi_value node_element_value(napi_env env, const node_dataset *d, const tomo_dataset *at, const tomo_element *given)
{
    tomo_element e = *given;
    const tomo_dict_entry *row = tomo_dict_find(e.tag);
    if (e.is_sequence)
        return items_value(env, d, at, &e);
    /* UN of an attribute that the dictionary knows (PS3.5 6.2.2): the library gives its values as text */
    if (e.vr == TOMO_VR('U', 'N') && row && tomo_dataset_text(at, e.tag, SIZE_MAX, NULL, 0) >= 0)
        e.vr = row->vr;
    if (kind_of(e.vr) == VALUE_BYTES)
        return bytes_value(env, &e);
    const size_t count = tomo_dataset_values(at, e.tag);
    if (count == 0)
        return null_value(env);
    if (count > 1 || (row && row->vm_max != 1))
        return all_values(env, at, &e, count);
    return one_value(env, at, &e, 0);
}
