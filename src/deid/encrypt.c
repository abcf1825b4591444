/* encrypt.c - the originals of what was changed, for holders of a private key (PS3.15 E.1.1): CMS EnvelopedData
 * (RFC 5652), AES-256-CBC, one item for each recipient; and the way back. */
#include "deid/deid_internal.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

static tomo_status crypto_failed(tomo_error *err, const char *what)
{
    unsigned long e = ERR_peek_last_error();
    const char *reason = e ? ERR_reason_error_string(e) : NULL;
    tomo_status st = tomo__fail(err, TOMO_E_FORMAT, "%s: %s", what, reason ? reason : "OpenSSL refused");
    ERR_clear_error();
    return st;
}

tomo_status tomo__deid_certificates(tomo_deid *d, const char *pem, tomo_error *err)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    BIO *in = strlen(pem) <= INT32_MAX ? BIO_new_mem_buf(pem, (int)strlen(pem)) : NULL;
    X509 *one;
    tomo_status st = TOMO_OK;
    d->certificates = all;
    if (!all || !in) {
        BIO_free(in);
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for certificates");
    }
    while (st == TOMO_OK && (one = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
        if (sk_X509_push(all, one) <= 0) {
            X509_free(one);
            st = tomo__fail(err, TOMO_E_NOMEM, "no memory for certificates");
        }
    ERR_clear_error();
    BIO_free(in);
    if (st == TOMO_OK && (sk_X509_num(all) == 0 || sk_X509_num(all) > 64))
        st = tomo__fail(err, TOMO_E_ARG, "%d certificates in the PEM text, expected 1 to 64", sk_X509_num(all));
    return st;
}

void tomo__deid_certificates_free(tomo_deid *d)
{
    sk_X509_pop_free(d->certificates, X509_free);
    d->certificates = NULL;
}

/* One recipient's envelope around `content`, as DER in (0400,0520). */
static tomo_status put_envelope(tomo__text *t, X509 *recipient, const tomo__text *content, tomo_error *err)
{
    STACK_OF(X509) *one = sk_X509_new_null();
    BIO *in = BIO_new_mem_buf(content->data, (int)content->size), *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = NULL;
    tomo_status st = TOMO_OK;
    char *der = NULL;
    long size;
    if (!one || !in || !out || sk_X509_push(one, recipient) <= 0)
        st = tomo__fail(err, TOMO_E_NOMEM, "no memory to encrypt originals");
    else if (!(cms = CMS_encrypt(one, in, EVP_aes_256_cbc(), CMS_BINARY)) || !i2d_CMS_bio(out, cms))
        st = crypto_failed(err, "the originals can't be encrypted for a certificate");
    if (st == TOMO_OK) {
        size = BIO_get_mem_data(out, &der);
        tomo__emit(t, 0x04000520, VR_OB, der, (size_t)size);
    }
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
    sk_X509_free(one); /* the certificate is borrowed */
    return st;
}

tomo_status tomo__deid_encrypt(tomo__text *t, const tomo_deid *d, const tomo__text *originals, tomo_error *err)
{
    STACK_OF(X509) *all = d->certificates;
    tomo__text content = TOMO__TEXT(t->ctx);
    tomo_status st = TOMO_OK;
    tomo__emit_header(&content, 0x04000550, VR_SQ, UNDEFINED); /* Modified Attributes Sequence */
    tomo__emit_item(&content);
    tomo__text_add(&content, originals->data, originals->size);
    tomo__emit_item_end(&content);
    tomo__emit_sequence_end(&content);
    if (content.failed)
        st = tomo__no_memory(t->ctx, err, originals->size, "originals");
    else if (content.size > 1 << 30)
        st = tomo__fail(err, TOMO_E_LIMIT, "the originals to encrypt have %zu bytes, expected at most 1 GiB",
                        content.size);
    if (st == TOMO_OK)
        tomo__emit_header(t, 0x04000500, VR_SQ, UNDEFINED);
    for (int i = 0; st == TOMO_OK && i < sk_X509_num(all); i++) {
        tomo__emit_item(t);
        tomo__emit_str(t, 0x04000510, VR_UI, UID_EXPLICIT);
        st = put_envelope(t, sk_X509_value(all, i), &content, err);
        tomo__emit_item_end(t);
    }
    if (st == TOMO_OK)
        tomo__emit_sequence_end(t);
    tomo__text_free(&content);
    return st;
}

/* ---- the way back ---------------------------------------------------------------------------------------------------
 */

/* Content of one envelope, if the key opens it; TOMO_E_DENIED if not. */
static tomo_status open_envelope(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *item, EVP_PKEY *key,
                                 tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(item, 0x04000520);
    const uint8_t *b = e && e->length && e->length <= INT32_MAX ? tomo__ds_value(item, e) : NULL;
    BIO *in = b ? BIO_new_mem_buf(b, (int)e->length) : NULL, *plain = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = in ? d2i_CMS_bio(in, NULL) : NULL;
    tomo_status st = TOMO_OK;
    char *data = NULL;
    long size;
    if (!cms)
        st = crypto_failed(err, "(0400,0520) Encrypted Content is no CMS message");
    else if (!plain || CMS_decrypt(cms, key, NULL, NULL, plain, CMS_BINARY) != 1) {
        ERR_clear_error();
        st = tomo__fail(err, TOMO_E_DENIED, "the key opens none of the encrypted originals");
    }
    if (st == TOMO_OK) {
        size = BIO_get_mem_data(plain, &data);
        st = tomo_buffer_new(ctx, out, (size_t)size, err);
        if (st == TOMO_OK && size)
            memcpy(tomo_buffer_data_mut(*out), data, (size_t)size);
    }
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(plain);
    return st;
}

static bool ours(tomo_tag tag)
{
    return tag == 0x00120062 || tag == 0x00120063 || tag == 0x00120064 || tag == 0x00280303 || tag == 0x04000500;
}

/* Both sorted by tag: the original where there is one. */
static tomo_status merge(tomo__text *t, const tomo_dataset *ds, const tomo_dataset *originals, tomo_error *err)
{
    uint32_t i = 0, k = 0;
    while (i < ds->count || k < originals->count) {
        const tomo__elem *a = i < ds->count ? &ds->elems[i] : NULL,
                         *b = k < originals->count ? &originals->elems[k] : NULL;
        if (a && (a->flags & ELEM_META || a->tag >> 16 == 2 || (a->tag & 0xffff) == 0)) {
            i++;
        } else if (b && (!a || b->tag <= a->tag)) {
            TRY(tomo__emit_verbatim(t, originals, b, err));
            k++;
            i += a && a->tag == b->tag;
        } else {
            if (!ours(a->tag))
                TRY(tomo__emit_verbatim(t, ds, a, err));
            i++;
        }
    }
    return TOMO_OK;
}

static tomo_status restore(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, tomo_buffer *content,
                           tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_dataset *outer = NULL;
    const tomo_dataset *originals = NULL;
    tomo__text t = TOMO__TEXT(ctx);
    char sop_class[65] = "", sop[65] = "";
    const tomo__elem *pixels = tomo__ds_elem(ds, TAG_PIXELS);
    tomo_status st = tomo_source_from_buffer(ctx, &source, content, err);
    if (st == TOMO_OK)
        st = tomo_dataset_open(ctx, &outer, source, NULL, NULL, err);
    if (st == TOMO_OK && !(originals = tomo_dataset_item(outer, 0x04000550, 0)))
        st = tomo__fail(err, TOMO_E_FORMAT, "the decrypted content has no Modified Attributes Sequence (0400,0550)");
    if (st == TOMO_OK) {
        tomo_dataset_text(ds, 0x00080016, 0, sop_class, sizeof sop_class);
        if (tomo_dataset_text(originals, 0x00080018, 0, sop, sizeof sop) <= 0)
            tomo_dataset_text(ds, 0x00080018, 0, sop, sizeof sop);
        tomo__emit_meta(&t, sop_class, sop,
                        pixels && pixels->flags & ELEM_ENCAPSULATED ? tomo_dataset_syntax(ds) : UID_EXPLICIT);
        st = merge(&t, ds, originals, err);
    }
    if (st == TOMO_OK)
        st = tomo__text_finish(&t, out, err);
    tomo__text_free(&t);
    tomo_dataset_free(outer);
    tomo_source_free(source);
    return st;
}

tomo_status tomo_deid_undo(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, const char *key_pem,
                           tomo_error *err)
{
    const tomo__elem *e;
    tomo_buffer *content = NULL;
    BIO *in;
    EVP_PKEY *key;
    tomo_status st;
    if (!ctx || !out || !ds || !key_pem)
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_undo: NULL argument");
    e = tomo__ds_elem(ds, 0x04000500);
    if (!e || !(e->flags & ELEM_SEQUENCE) || e->n_items == 0)
        return tomo__fail(err, TOMO_E_NOTFOUND, "no originals are kept in it: there is no (0400,0500)");
    in = strlen(key_pem) <= INT32_MAX ? BIO_new_mem_buf(key_pem, (int)strlen(key_pem)) : NULL;
    key = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)"") : NULL; /* "": asks nobody for a passphrase */
    BIO_free(in);
    if (!key) {
        ERR_clear_error();
        return tomo__fail(err, TOMO_E_ARG, "the key is no private key in PEM without a passphrase");
    }
    st = tomo__fail(err, TOMO_E_DENIED, "the key opens none of the encrypted originals");
    for (uint32_t i = 0; st == TOMO_E_DENIED && i < TOMO__MIN(e->n_items, 64); i++)
        st = open_envelope(ctx, &content, e->items[i], key, err);
    if (st == TOMO_OK)
        st = restore(ctx, out, ds, content, err);
    tomo_buffer_free(content);
    EVP_PKEY_free(key);
    return st;
}
