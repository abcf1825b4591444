/* tomo/tomo.h - every room of Tomo in one include. For programs; inside the library each file names what it needs.
 *
 * Rooms that a build left out (TOMO_ROOMS) are declared all the same: calling them is an error of the linker.
 * @since 0.1 */
#ifndef TOMO_TOMO_H
#define TOMO_TOMO_H

#include <tomo/base.h>
#include <tomo/codec.h>
#include <tomo/deid.h>
#include <tomo/dicom.h>
#include <tomo/dicom_pixels.h>
#include <tomo/dicom_transcode.h>
#include <tomo/dicom_edit.h>
#include <tomo/dicom_text.h>
#include <tomo/filter.h>
#include <tomo/filter_bank.h>
#include <tomo/filter_edge.h>
#include <tomo/filter_smooth.h>
#include <tomo/filter_geometry.h>
#include <tomo/filter_morph.h>
#include <tomo/filter_denoise.h>
#include <tomo/filter_fft.h>
#include <tomo/filter_tone.h>
#include <tomo/filter_transform.h>
#include <tomo/format.h>
#include <tomo/format_stream.h>
#include <tomo/format_volume.h>
#include <tomo/image.h>
#include <tomo/image_shape.h>
#include <tomo/image_extra.h>
#include <tomo/measure.h>
#include <tomo/measure_lesion.h>
#include <tomo/measure_points.h>
#include <tomo/measure_quality.h>
#include <tomo/measure_radiomics.h>
#include <tomo/measure_shape.h>
#include <tomo/mesh.h>
#include <tomo/object.h>
#include <tomo/object_dir.h>
#include <tomo/object_image.h>
#include <tomo/object_seg.h>
#include <tomo/object_validate.h>
#include <tomo/object_annotation.h>
#include <tomo/object_document.h>
#include <tomo/object_present.h>
#include <tomo/object_rt.h>
#include <tomo/object_sr.h>
#include <tomo/object_wave.h>
#include <tomo/pipeline.h>
#include <tomo/render.h>
#include <tomo/report.h>
#include <tomo/segment.h>
#include <tomo/segment_levels.h>
#include <tomo/segment_contour.h>
#include <tomo/segment_slic.h>
#include <tomo/segment_edit.h>
#include <tomo/segment_region.h>

#endif
