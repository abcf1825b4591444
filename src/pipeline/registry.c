/* registry.c - every operation of every room, by number and by name, and all tables as JSON. */
#include <tomo/dicom.h>
#include <tomo/filter.h>
#include <tomo/format.h>
#include <tomo/measure.h>
#include <tomo/mesh.h>
#include <tomo/register.h>
#include <tomo/render.h>
#include <tomo/segment.h>

#include "pipeline/pipeline_internal.h"

typedef const tomo_op *const *(*ops_fn)(void);
static const ops_fn rooms[] = {
    tomo_image_ops,   tomo_filter_ops, tomo_segment_ops, tomo_register_ops,
    tomo_measure_ops, tomo_mesh_ops,   tomo_render_ops,
};

const tomo_op *tomo_pipeline_op(size_t i)
{
    for (size_t r = 0; r < TOMO__COUNT(rooms); r++)
        for (const tomo_op *const *op = rooms[r](); *op; op++)
            if (i-- == 0)
                return *op;
    return NULL;
}

const tomo_op *tomo_pipeline_job_row(size_t i)
{
    static const tomo_op *(*const rows[])(void) = { tomo_series_load_op, tomo_series_write_op, tomo_format_load_op,
                                                    tomo_format_save_op, tomo_pipeline_row };
    return i < TOMO__COUNT(rows) ? rows[i]() : NULL;
}

/* Equal names; "fill-holes", as it is typed, and "fill_holes", as the function is called, are the same. */
static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
            return false;
    return *a == *b;
}

const tomo_op *tomo_pipeline_find(const char *room, const char *name)
{
    for (size_t r = 0; room && name && r < TOMO__COUNT(rooms); r++)
        for (const tomo_op *const *op = rooms[r](); *op; op++)
            if (strcmp((*op)->room, room) == 0 && same_name((*op)->name, name))
                return *op;
    return NULL;
}

static const char *const kind_names[] = { "none", "image", "labels", "rgb", "mesh", "json", "transform" };
static const char *const type_names[] = { "bool", "int", "double", "enum", "text", "doubles" };

static void put_ports(tomo__json *j, const char *key, const tomo_port *ports)
{
    tomo__json_key(j, key);
    tomo__json_open(j, '[');
    for (int i = 0; i < TOMO_MAX_PORTS && ports[i].kind != TOMO_KIND_NONE; i++) {
        tomo__json_open(j, '{');
        tomo__json_key(j, "name"), tomo__json_str(j, ports[i].name);
        tomo__json_key(j, "kind"), tomo__json_str(j, kind_names[ports[i].kind]);
        tomo__json_key(j, "optional"), tomo__json_bool(j, ports[i].optional);
        tomo__json_key(j, "help"), tomo__json_str(j, ports[i].help);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
}

static void put_option(tomo__json *j, const tomo_option *o)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "name"), tomo__json_str(j, o->name);
    tomo__json_key(j, "type"), tomo__json_str(j, type_names[o->type]);
    tomo__json_key(j, "count"), tomo__json_uint(j, o->count);
    tomo__json_key(j, "required"), tomo__json_bool(j, o->required);
    if (o->type != TOMO_OPT_TEXT)
        tomo__json_key(j, "default"), tomo__json_num(j, o->def);
    if (o->min != 0 || o->max != 0) {
        tomo__json_key(j, "min"), tomo__json_num(j, o->min);
        tomo__json_key(j, "max"), tomo__json_num(j, o->max);
    }
    tomo__json_key(j, "unit"), tomo__json_str(j, o->unit ? o->unit : "");
    if (o->choices) {
        tomo__json_key(j, "choices"), tomo__json_open(j, '[');
        for (int i = 0; o->choices[i]; i++)
            tomo__json_str(j, o->choices[i]);
        tomo__json_close(j, ']');
    }
    tomo__json_key(j, "help"), tomo__json_str(j, o->help);
    tomo__json_close(j, '}');
}

static void put_row(tomo__json *j, const tomo_op *op)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "room"), tomo__json_str(j, op->room);
    tomo__json_key(j, "name"), tomo__json_str(j, op->name);
    tomo__json_key(j, "help"), tomo__json_str(j, op->help);
    tomo__json_key(j, "detail"), tomo__json_str(j, op->detail ? op->detail : "");
    tomo__json_key(j, "example"), tomo__json_str(j, op->example ? op->example : "");
    put_ports(j, "in", op->in);
    put_ports(j, "out", op->out);
    tomo__json_key(j, "options"), tomo__json_open(j, '[');
    for (uint32_t k = 0; k < op->n_options; k++)
        put_option(j, &op->options[k]);
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}

tomo_status tomo_pipeline_ops_json(tomo_ctx *ctx, tomo_buffer **out, tomo_error *err)
{
    tomo__json j = TOMO__JSON(ctx);
    j.indent = 1;
    tomo__json_open(&j, '[');
    for (size_t i = 0; tomo_pipeline_op(i); i++)
        put_row(&j, tomo_pipeline_op(i));
    for (size_t i = 0; tomo_pipeline_job_row(i); i++)
        put_row(&j, tomo_pipeline_job_row(i));
    tomo__json_close(&j, ']');
    return tomo__text_finish(&j.text, out, err);
}
