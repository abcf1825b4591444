/* tomo/format_volume.h - NRRD, MetaImage, Analyze 7.5 and NumPy files: what tomo_format_load() makes of them and
 * tomo_format_save() puts into them.
 *
 * All of them: every whole and floating type of up to 64 bits, both byte orders. Numbers that lie raw, native and
 * aligned in one file are mapped, not copied; what Tomo writes raw lies so. Sizes are held against the file before
 * memory is taken, packed data that hold far more than the header declares are refused (TOMO_E_FORMAT). A data file
 * that a header names must lie in the header's folder or below (links are followed), unless the option `outside` is
 * set; else TOMO_E_FORMAT. Written, a data file beside a new header must not be there (TOMO_E_EXISTS): it may belong
 * to another header. What the file says and an image has no field for is remarked.
 *
 * NRRD (.nrrd, .nhdr; versions 1 to 5; encodings raw, gzip, bzip2, ascii, hex; data files by name, LIST and pattern,
 * with subdim; line skip; byte skip, -1 included; lower ones TOMO_E_FORMAT). Axes: those with a space direction, or
 * where none has one those of kind domain, space or no kind, are x, y, z in their order; kind time, or a fourth of
 * space, is time; all others are the components, wherever they lie. More than four components (a diffusion series)
 * become time points. Place: space RAS, LAS and LPS become LPS; another or none is taken as LPS with a remark, as ITK
 * does. Units of length become mm. Without a space: spacings and axis mins. Written: LPS in mm; a known time step as
 * space left-posterior-superior-time, an unknown one as a list. Measurement frame (in LPS), content and key/value
 * pairs are kept beside the image (tomo/image_extra.h, kind "nrrd": those lines of a header) and written back.
 *
 * MetaImage (.mha, .mhd; LOCAL, one file, LIST, pattern; HeaderSize, -1 included; CompressedData; BinaryData = False).
 * As ITK reads it: row i of TransformMatrix (Orientation, Rotation) is the direction of axis i, Offset (Position,
 * Origin) the first voxel's center; CenterOfRotation, AnatomicalOrientation and ElementToIntensityFunction change
 * nothing and are remarked where they say otherwise. More than four channels become time points. Written: an unknown
 * time step as 1.
 *
 * Analyze 7.5 (.hdr with .img, each also .gz; written without): has no orientation. What is assumed (analyze_axes) is
 * remarked; the origin is SPM's field if it lies near the volume, else the middle; SPM's factor is applied unless
 * `raw`. Written with the option `analyze`: uint8, int16, int32, float32, float64, complex float32, RGB; voxels are put
 * in the order LAS, the origin rounded to a voxel.
 *
 * NumPy (.npy, versions 1 to 3): bool, whole, floating (half floats become float32) and complex; no structured types.
 * x is the axis whose numbers follow each other: the last of a C array (z, y, x), the first of a Fortran array (x, y,
 * z). No place: 1 mm from 0, with a remark. Written: C order, (t,) z, y, x (, components), two floats as complex.
 *
 * Sources: teem.sourceforge.net/nrrd/format.html; MetaIO and ITK 5.4; dbh.h (Mayo); numpy/lib/format.py.
 * Threads, ownership, errors: as tomo/format.h. @since 0.1 */
#ifndef TOMO_FORMAT_VOLUME_H
#define TOMO_FORMAT_VOLUME_H

#include <tomo/format.h>

#endif
