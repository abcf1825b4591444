/* tomo/format_stream.h - volumes larger than memory: read box by box, written slab by slab, converted in slabs.
 *
 * Formats: .nii and .nii.gz, pairs (reading), and stacks of pictures. What comes out box by box are the same numbers,
 * types and places as tomo_format_load() gives of the whole.
 * Threads: one caller at a time for a reader or writer; several may work side by side. Every *_free takes NULL. */
#ifndef TOMO_FORMAT_STREAM_H
#define TOMO_FORMAT_STREAM_H

#include <tomo/format.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_volume_reader tomo_volume_reader;
typedef struct tomo_volume_writer tomo_volume_writer;

/** Open a volume for reading in boxes. Only the header is read, except where 8- or 16-bit numbers are scaled by whole
 * slope and intercept: then one pass over the file finds out whether int16 holds them (as tomo_format_load() promises).
 * @param out    owned by the caller (tomo_volume_reader_free)
 * @param opts   as for tomo_format_load(); NULL for the defaults
 * @param report takes remarks; may be NULL
 * @return as tomo_format_load(), TOMO_E_UNSUPPORTED for a format that can't be read in boxes  @since 0.1 */
TOMO_API tomo_status tomo_volume_reader_open(tomo_ctx *ctx, tomo_volume_reader **out, const char *path,
                                             const tomo_format_load_options *opts, tomo_report *report, tomo_job *job,
                                             tomo_error *err);
/** Shape, type and place of the whole volume; borrowed until the reader is freed. @since 0.1 */
TOMO_API const tomo_image_desc *tomo_volume_reader_desc(const tomo_volume_reader *reader);
/** Read a box, new and contiguous, at its place in the patient. Uncompressed files, stacks and .nii.gz that Tomo wrote
 * are read at any place; in other .nii.gz going back means to inflate from the start.
 * @param out   shared (tomo_image_free); untouched on failure
 * @param start,size for x, y, z, t; the box must lie inside (TOMO_E_ARG)
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_IO, TOMO_E_FORMAT, TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_volume_reader_read(tomo_volume_reader *reader, tomo_image **out, const int64_t start[4],
                                             const int64_t size[4], tomo_job *job, tomo_error *err);
TOMO_API void tomo_volume_reader_free(tomo_volume_reader *reader);

/** Begin a file that is written slab by slab: .nii, .nii.gz, or a numbered stack of pictures. It appears whole when it
 * is finished, or not at all.
 * @param out  owned by the caller, until tomo_volume_writer_finish() or _abandon()
 * @param desc the whole volume
 * @param like carries over what the file read by it says beside voxels and place (NIfTI extensions, intent,
 * description; see tomo/image_extra.h); may be NULL; borrowed until the call returns
 * @param opts as for tomo_format_save(); NULL for the defaults
 * @return as tomo_format_save(); TOMO_E_UNSUPPORTED also for a format that can't be written in slabs  @since 0.1 */
TOMO_API tomo_status tomo_volume_writer_open(tomo_ctx *ctx, tomo_volume_writer **out, const char *path,
                                             const tomo_image_desc *desc, const tomo_volume_reader *like,
                                             const tomo_format_save_options *opts, tomo_error *err);
/** Write what comes next: whole slices of the volume's type and x and y sizes, along z and then t. A slab with several
 * time points must hold all slices of each.
 * @param slab borrowed until the call returns; views are fine; its place is not looked at
 * @return TOMO_OK, TOMO_E_ARG (does not fit, or more than the volume has), TOMO_E_IO, TOMO_E_NOMEM, TOMO_E_LIMIT,
 *         TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_volume_writer_write(tomo_volume_writer *writer, const tomo_image *slab, tomo_job *job,
                                              tomo_error *err);
/** All slices are written: put the file to its name. The writer is freed in any case.
 * @return TOMO_OK, TOMO_E_ARG (slices are missing), TOMO_E_IO, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_volume_writer_finish(tomo_volume_writer *writer, tomo_error *err);
/** Give up: no file is left. NULL is fine. @since 0.1 */
TOMO_API void tomo_volume_writer_abandon(tomo_volume_writer *writer);

/** One file to another, slab by slab: needs memory for a few slices, however large the volume is.
 * @param from,to paths, borrowed until the call returns
 * @param load,save NULL for the defaults
 * @return as tomo_volume_reader_open() and tomo_volume_writer_open()  @since 0.1 */
TOMO_API tomo_status tomo_format_convert(tomo_ctx *ctx, const char *to, const char *from,
                                         const tomo_format_load_options *load, const tomo_format_save_options *save,
                                         tomo_report *report, tomo_job *job, tomo_error *err);
/** Would tomo_format_convert() take these two paths? Looks at the endings (and whether `from` is a folder). @since 0.1
 */
TOMO_API bool tomo_format_streams(const char *to, const char *from);
/** Statistics of a volume that need not fit into memory: the same numbers as tomo_image_statistics() of the whole, sums
 * of floats within rounding. @param out start from TOMO_IMAGE_STATS_INIT  @since 0.1 */
TOMO_API tomo_status tomo_format_statistics(tomo_ctx *ctx, tomo_image_stats *out, const char *path,
                                            const tomo_format_load_options *opts, tomo_report *report, tomo_job *job,
                                            tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
