/* rules_new.c - options and key to a tomo_deid. */
#include "deid/deid_internal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

static tomo_status make_key(tomo_deid *d, const tomo_deid_options *o, tomo_error *err)
{
    unsigned n = sizeof d->key;
    if (o->key && o->key_size < 16)
        return tomo__fail(err, TOMO_E_ARG, "the key has %zu bytes, expected at least 16", o->key_size);
    if (o->key ? EVP_Digest(o->key, o->key_size, d->key, &n, EVP_sha256(), NULL) != 1
               : RAND_bytes(d->key, (int)sizeof d->key) != 1)
        return tomo__fail(err, TOMO_E_INTERNAL, "no key could be made");
    return TOMO_OK;
}

static tomo_status take_boxes(tomo_deid *d, const tomo_deid_options *o, tomo_error *err)
{
    if (o->n_boxes > 1000 || (o->n_boxes && !o->boxes))
        return tomo__fail(err, TOMO_E_ARG, "%zu rectangles to blank, expected at most 1000", o->n_boxes);
    for (size_t i = 0; i < o->n_boxes; i++) {
        const int32_t *b = o->boxes + 4 * i;
        if (b[0] < 0 || b[1] < 0 || b[2] < 1 || b[3] < 1 || b[0] > 65535 || b[1] > 65535 || b[2] > 65535 ||
            b[3] > 65535)
            return tomo__fail(err, TOMO_E_ARG, "rectangle %zu is %d,%d,%d,%d, expected x,y,width,height", i + 1, b[0],
                              b[1], b[2], b[3]);
    }
    if (o->n_boxes == 0)
        return TOMO_OK;
    d->boxes = TOMO__ARRAY(d->ctx, 4 * o->n_boxes, int32_t);
    if (!d->boxes)
        return tomo__no_memory(d->ctx, err, 16 * o->n_boxes, "rectangles");
    memcpy(d->boxes, o->boxes, 16 * o->n_boxes);
    d->n_boxes = o->n_boxes;
    return TOMO_OK;
}

tomo_status tomo_deid_new(tomo_ctx *ctx, tomo_deid **out, const tomo_deid_options *opts, tomo_error *err)
{
    tomo_deid_options o = TOMO_DEID_OPTIONS_INIT;
    tomo_deid *d;
    tomo_status st;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_new: NULL argument");
    if (opts && (opts->struct_size < 4 || opts->struct_size > sizeof o))
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_new: struct_size is %u, expected at most %zu",
                          (unsigned)opts->struct_size, sizeof o);
    if (opts)
        memcpy(&o, opts, opts->struct_size);
    if (o.retain_dates && o.shift_dates)
        return tomo__fail(err, TOMO_E_ARG, "dates can be retained or shifted, not both");
    if (o.pixels < TOMO_DEID_PIXELS_AUTO || o.pixels > TOMO_DEID_PIXELS_KEEP)
        return tomo__fail(err, TOMO_E_ARG, "pixels is %d, expected 0 to 2", o.pixels);
    d = tomo__calloc(ctx, 1, sizeof *d);
    if (!d)
        return tomo__no_memory(ctx, err, sizeof *d, "rules");
    d->ctx = tomo__ctx_ref(ctx);
    d->pixels = o.pixels;
    d->options = (o.retain_safe_private ? OPT_SAFE_PRIVATE : 0) | (o.retain_uids ? OPT_UIDS : 0) |
                 (o.retain_device ? OPT_DEVICE : 0) | (o.retain_institution ? OPT_INSTITUTION : 0) |
                 (o.retain_patient ? OPT_PATIENT : 0) | (o.retain_dates ? OPT_FULL_DATES : 0) |
                 (o.shift_dates ? OPT_SHIFT_DATES : 0) | (o.clean_descriptors ? OPT_DESCRIPTORS : 0) |
                 (o.clean_structured ? OPT_STRUCTURED : 0) | (o.clean_graphics ? OPT_GRAPHICS : 0);
    st = make_key(d, &o, err);
    if (st == TOMO_OK)
        st = take_boxes(d, &o, err);
    if (st == TOMO_OK && o.certificates)
        st = tomo__deid_certificates(d, o.certificates, err);
    if (st)
        tomo_deid_free(d);
    else
        *out = d;
    return st;
}

void tomo_deid_free(tomo_deid *d)
{
    tomo_ctx *ctx = d ? d->ctx : NULL;
    if (!d)
        return;
    tomo__deid_certificates_free(d);
    OPENSSL_cleanse(d->key, sizeof d->key);
    tomo__free(ctx, d->boxes);
    tomo__free(ctx, d);
    tomo__ctx_unref(ctx);
}
