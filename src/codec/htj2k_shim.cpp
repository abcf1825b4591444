// htj2k_shim.cpp - the one C++ file: OpenJPH's encoder, lines in and bytes out. What goes wrong comes back as a value.
#include "codec/htj2k_shim.h"

#include <cstdio>
#include <exception>
#include <new>

#include <openjph/ojph_file.h> // the others need what this one includes
#include <openjph/ojph_mem.h>

#include <openjph/ojph_codestream.h>
#include <openjph/ojph_params.h>

namespace
{

// OpenJPH writes here. A failure is remembered and not told, because OpenJPH would print it.
class outlet : public ojph::outfile_base
{
  public:
    explicit outlet(const tomo__htj2k_job *of) : job(of) {}
    size_t write(const void *bytes, size_t size) override
    {
        failed = failed || !job->put(job->user, bytes, size);
        position += static_cast<ojph::si64>(size);
        return size;
    }
    ojph::si64 tell() override { return position; }

    bool failed = false;

  private:
    const tomo__htj2k_job *job;
    ojph::si64 position = 0;
};

void set_parameters(ojph::codestream &cs, const tomo__htj2k_job *job)
{
    ojph::param_siz siz = cs.access_siz();
    siz.set_image_extent(ojph::point(job->columns, job->rows));
    siz.set_num_components(job->samples);
    for (uint32_t c = 0; c < job->samples; c++)
        siz.set_component(c, ojph::point(1, 1), job->bits, job->is_signed);
    ojph::param_cod cod = cs.access_cod();
    cod.set_num_decomposition(job->levels);
    cod.set_block_dims(64, 64);
    cod.set_progression_order(job->order);
    cod.set_color_transform(job->color_transform);
    cod.set_reversible(job->reversible);
    if (!job->reversible)
        cs.access_qcd().set_irrev_quant(job->step);
    cs.set_planar(false);
}

void write_lines(ojph::codestream &cs, const tomo__htj2k_job *job)
{
    ojph::ui32 component = 0;
    ojph::line_buf *line = cs.exchange(nullptr, component);
    for (uint32_t y = 0; y < job->rows; y++)
        for (uint32_t c = 0; c < job->samples; c++) {
            job->row(job->user, y, component, line->i32);
            line = cs.exchange(line, component);
        }
}

} // namespace

extern "C" tomo__htj2k_end tomo__htj2k_run(const tomo__htj2k_job *job, char message[160])
{
    outlet out(job);
    message[0] = 0;
    try {
        ojph::codestream cs;
        set_parameters(cs, job);
        cs.write_headers(&out);
        write_lines(cs, job);
        cs.flush();
        cs.close();
    } catch (const std::bad_alloc &) {
        return TOMO__HTJ2K_NO_MEMORY;
    } catch (const std::exception &e) {
        std::snprintf(message, 160, "%s", e.what());
        return TOMO__HTJ2K_FAILED;
    } catch (...) {
        std::snprintf(message, 160, "unknown failure in OpenJPH");
        return TOMO__HTJ2K_FAILED;
    }
    return out.failed ? TOMO__HTJ2K_NO_MEMORY : TOMO__HTJ2K_OK;
}
