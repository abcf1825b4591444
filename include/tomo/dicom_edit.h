/* tomo/dicom_edit.h - building data sets: items, private blocks, numbers, values larger than memory; walking through
 * all elements; how to write.
 *
 * Functions by tag work at the level of the data set (or item) that they are given; those of tomo/dicom.h by path.
 * Items that come from tomo_dataset_edit_item() or tomo_dataset_add_item() are borrowed until the item, or what holds
 * it, is removed or the data set is freed; adding other elements and items leaves them valid.
 * Threads: editing needs the data set alone. */
#ifndef TOMO_DICOM_EDIT_H
#define TOMO_DICOM_EDIT_H

#include <tomo/dicom.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- items of sequences ------------------------------------------------------------------------------------- */

/** Item i of a sequence, to be edited; NULL if there is none. @since 0.1 */
TOMO_API tomo_dataset *tomo_dataset_edit_item(tomo_dataset *ds, tomo_tag sequence, size_t i);
/** A new, empty item; the sequence is made if it is not there. @param at where: 0 to the number of items; SIZE_MAX =
 * behind the last  @param out the item, borrowed (see above)
 * @return TOMO_OK, TOMO_E_ARG (not a sequence, no such place), TOMO_E_LIMIT (nested too deeply), TOMO_E_NOMEM @since
 * 0.1 */
TOMO_API tomo_status tomo_dataset_add_item(tomo_dataset *ds, tomo_tag sequence, size_t at, tomo_dataset **out,
                                           tomo_error *err);
/** Remove one item. @return TOMO_OK, TOMO_E_NOTFOUND  @since 0.1 */
TOMO_API tomo_status tomo_dataset_remove_item(tomo_dataset *ds, tomo_tag sequence, size_t i, tomo_error *err);
/** An empty sequence, in place of what the tag holds. @since 0.1 */
TOMO_API tomo_status tomo_dataset_set_sequence(tomo_dataset *ds, tomo_tag sequence, tomo_error *err);
/** Copy an element with all below it from another data set (of any syntax, byte order and character set). An element
 * that `to` already has is replaced. File Meta Information and encapsulated pixel data can't be copied into a data set
 * of another transfer syntax. @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_ARG, TOMO_E_UNSUPPORTED, TOMO_E_NOMEM  @since
 * 0.1 */
TOMO_API tomo_status tomo_dataset_copy(tomo_dataset *to, const tomo_dataset *from, tomo_tag tag, tomo_error *err);

/* ---- values by tag ------------------------------------------------------------------------------------------ */

/** Set by path with a VR of yours, for private elements that no dictionary knows. @since 0.1 */
TOMO_API tomo_status tomo_dataset_set_as(tomo_dataset *ds, const char *path, uint16_t vr, const char *text,
                                         tomo_error *err);
/** Set from text, as tomo_dataset_set(). @since 0.1 */
TOMO_API tomo_status tomo_dataset_set_text(tomo_dataset *ds, tomo_tag tag, const char *text, tomo_error *err);
/** Set numbers: VR from the dictionary or the present element (DS, IS, FL, FD, US, SS, UL, SL, UV, SV). DS gets the
 * nearest text of 16 characters (tomo_ds_format). @return TOMO_OK, TOMO_E_ARG (not whole, out of range) @since 0.1 */
TOMO_API tomo_status tomo_dataset_set_doubles(tomo_dataset *ds, tomo_tag tag, const double *values, size_t count,
                                              tomo_error *err);
TOMO_API tomo_status tomo_dataset_set_ints(tomo_dataset *ds, tomo_tag tag, const int64_t *values, size_t count,
                                           tomo_error *err);
/** All numbers of an element at once. @return how many there are (the first `room` are written); 0 if it has none or
 * one of them is no number  @since 0.1 */
TOMO_API size_t tomo_dataset_doubles(const tomo_dataset *ds, tomo_tag tag, double *to, size_t room);
/** UV and other unsigned numbers beyond 2^63. @since 0.1 */
TOMO_API bool tomo_dataset_uint(const tomo_dataset *ds, tomo_tag tag, size_t i, uint64_t *out);
/** AT. @since 0.1 */
TOMO_API bool tomo_dataset_tag(const tomo_dataset *ds, tomo_tag tag, size_t i, tomo_tag *out);
/** Remove from this level. @return TOMO_OK, TOMO_E_NOTFOUND  @since 0.1 */
TOMO_API tomo_status tomo_dataset_remove(tomo_dataset *ds, tomo_tag tag, tomo_error *err);

/** A value of `size` bytes that stay where they are: read in pieces when the data set is written, never held whole.
 * Words are little endian. `source` gets a reference. Until it is written the element has no text or numbers, and
 * tomo_element.value is NULL.
 * @param encapsulated the bytes are fragments with their item headers, offset table first, without the sequence
 * delimiter (PS3.5 A.4); only for pixel data of a compressed transfer syntax (tomo_dataset_new_as)
 * @return TOMO_OK, TOMO_E_ARG (range, VR, odd fragments), TOMO_E_LIMIT (more than 2^32 - 2 bytes), TOMO_E_NOMEM @since
 * 0.1 */
TOMO_API tomo_status tomo_dataset_set_source(tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_source *source,
                                             uint64_t offset, uint64_t size, bool encapsulated, tomo_error *err);
/** An empty data set of a transfer syntax other than explicit little endian; for compressed ones pixel data are set
 * with tomo_dataset_set_source(). @return TOMO_OK, TOMO_E_ARG (not a UID), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_new_as(tomo_ctx *ctx, tomo_dataset **out, const char *syntax, tomo_error *err);

/* ---- private elements (PS3.5 7.8) --------------------------------------------------------------------------- */

/** Find the block of a creator in an odd group, or reserve the first free one.
 * @param block 0x10 to 0xFF: the elements are (group, block << 8 | low byte)
 * @return TOMO_OK, TOMO_E_NOTFOUND (not there and not to be reserved), TOMO_E_ARG (even group), TOMO_E_LIMIT (all 240
 *         blocks are taken)  @since 0.1 */
TOMO_API tomo_status tomo_dataset_private_block(const tomo_dataset *ds, uint16_t group, const char *creator,
                                                uint8_t *block, tomo_error *err);
TOMO_API tomo_status tomo_dataset_reserve_block(tomo_dataset *ds, uint16_t group, const char *creator, uint8_t *block,
                                                tomo_error *err);
/** Tag of a private element, 0 if the creator has no block in the group. @since 0.1 */
TOMO_API tomo_tag tomo_dataset_private_tag(const tomo_dataset *ds, uint16_t group, const char *creator,
                                           uint8_t element);
/** Set a private element from text or bytes, reserving a block if need be. @param vr 0 = by the dictionary  @since 0.1
 */
TOMO_API tomo_status tomo_dataset_set_private(tomo_dataset *ds, uint16_t group, const char *creator, uint8_t element,
                                              uint16_t vr, const char *text, tomo_error *err);
/** Creator of a private element, "" if there is none. @since 0.1 */
TOMO_API void tomo_dataset_creator(const tomo_dataset *ds, tomo_tag tag, char creator[65]);

/** VR of a value: for UN what the dictionary, or the private dictionary by creator, knows of the tag. @since 0.1 */
TOMO_API uint16_t tomo_dataset_vr(const tomo_dataset *ds, tomo_tag tag);
/** Give elements of VR UN, at every depth, the VR that is known of them; those that hold a sequence get items (implicit
 * VR little endian, PS3.5 6.2.2 note 2). @param changed how many; may be NULL  @since 0.1 */
TOMO_API tomo_status tomo_dataset_promote_un(tomo_dataset *ds, size_t *changed, tomo_error *err);

/* ---- all elements ------------------------------------------------------------------------------------------- */

typedef enum tomo_walk_next {
    TOMO_WALK_ON = 0,   /**< go on, into the items of a sequence */
    TOMO_WALK_OVER = 1, /**< go on behind this element */
    TOMO_WALK_STOP = 2
} tomo_walk_next;
/** Called for each element, depth first, in the order of tags. `ds` is the data set or item that holds it, `path` leads
 * to it from where the walk began and is borrowed during the call. The element's value is not read: tomo_element.value
 * is NULL unless it lies in memory; ask tomo_dataset_element() or tomo_dataset_text() of `ds` for it. */
typedef tomo_walk_next (*tomo_walk_fn)(void *user, const tomo_dataset *ds, const tomo_element *element,
                                       const char *path);
/** @return TOMO_OK, also when stopped; TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_walk(const tomo_dataset *ds, tomo_walk_fn fn, void *user, tomo_error *err);

/* ---- writing ------------------------------------------------------------------------------------------------ */

typedef enum tomo_lengths {
    TOMO_LENGTHS_KEEP = 0, /**< as each sequence and item is; new ones are explicit */
    TOMO_LENGTHS_EXPLICIT = 1,
    TOMO_LENGTHS_UNDEFINED = 2 /**< with delimiters */
} tomo_lengths;

/** More about writing than tomo_dataset_write_options. A zero field means its default. */
typedef struct tomo_dataset_save_options {
    uint32_t struct_size;
    const char *syntax;       /**< as in tomo_dataset_write_options */
    int32_t sequence_lengths; /**< a tomo_lengths; other than KEEP writes all sequences anew */
    bool group_lengths;       /**< write (gggg,0000) for every group (retired in 2007, PS3.5 7.2) */
    bool no_meta;             /**< a bare data set, without preamble and File Meta Information */
    bool keep_preamble;       /**< the 128 bytes of the file it was read from (TIFF in them, say); else zeros */
    bool reserved;
    const void *preamble; /**< 128 bytes of your own, or NULL */
    const char *implementation_uid,
        *implementation_name; /**< of your program; NULL = as the file has it, else Tomo's */
    const char *source_ae;    /**< Source Application Entity Title (0002,0016); NULL = as the file has it */
} tomo_dataset_save_options;
#define TOMO_DATASET_SAVE_OPTIONS_INIT                                                                                 \
    {                                                                                                                  \
        sizeof(tomo_dataset_save_options), NULL, 0, false, false, false, false, NULL, NULL, NULL, NULL                 \
    }

/** Receives a file in pieces, in order. */
typedef tomo_status (*tomo_dataset_sink)(void *user, const void *data, size_t size, tomo_error *err);

/** Write to a path (whole or not at all), or through a callback; data that lie in sources are handed on in pieces of at
 * most 1 MiB, also deflated ones. @return as tomo_dataset_write()  @since 0.1 */
TOMO_API tomo_status tomo_dataset_save(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                                       const tomo_dataset_save_options *opts, tomo_error *err);
TOMO_API tomo_status tomo_dataset_stream(tomo_ctx *ctx, const tomo_dataset *ds, tomo_dataset_sink sink, void *user,
                                         const tomo_dataset_save_options *opts, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
