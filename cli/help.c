/* help.c - what --help prints; operations describe themselves. */
#include "cli.h"

#include <math.h>
#include <tomo/pipeline.h>

static const cli_flag every_verb[] = {
    { "json", NULL, "one JSON object on standard output" },
    { "threads", "N", "worker threads, 0 = all cores; results don't depend on it" },
    { "memory-limit", "MIB", "refuse to hold more memory than this" },
    { "kernels", "LEVEL", "use no processor features above c, avx2 or avx512" },
    { "quiet", NULL, "no remarks, no progress" },
    { "help", NULL, "this text" },
    { NULL, NULL, NULL },
};

static void print_flags(FILE *to, const cli_flag *flags)
{
    for (; flags && flags->name; flags++) {
        char left[48];
        snprintf(left, sizeof left, "--%s%s%s", flags->name, flags->value ? " " : "", flags->value ? flags->value : "");
        fprintf(to, "  %-24s %s\n", left, flags->help);
    }
}

void cli_help_top(FILE *to)
{
    fputs("tomo - medical images: DICOM, volumes, filters, segmentation, measurement, views\n"
          "Research use only, not for diagnosis.\n\n"
          "usage: tomo <word> ...            whole jobs\n"
          "       tomo <room> <verb> ...     one operation; tomo <room> lists the verbs\n\n",
          to);
    for (const cli_command *k = cli_commands; k->verb; k++)
        if (!k->room)
            fprintf(to, "  %-10s %-22s %s\n", k->verb, k->args, k->help);
    fputs("\nrooms:\n", to);
    const char *last = "";
    for (const cli_command *k = cli_commands; k->verb; k++)
        if (k->room && strcmp(last, k->room) != 0) {
            fprintf(to, "  %-10s", last = k->room);
            for (const cli_command *v = k; v->verb; v++)
                if (v->room && strcmp(v->room, last) == 0)
                    fprintf(to, " %s", v->verb);
            fputc('\n', to);
        }
    last = "";
    for (size_t i = 0; tomo_pipeline_op(i); i++) {
        const tomo_op *op = tomo_pipeline_op(i);
        if (strcmp(last, op->room) != 0)
            fprintf(to, "%s  %-10s", *last ? "\n" : "", op->room);
        fprintf(to, " %s", op->name);
        last = op->room;
    }
    fputs("\n\nevery verb:\n", to);
    print_flags(to, every_verb);
    fputs(
        "\nexit codes: 0 done, 1 failed, 2 wrong usage, 3 input unusable, 4 peer or network, 5 refused, 130 canceled\n",
        to);
}

int cli_help_room(const char *room)
{
    bool any = false;
    for (const cli_command *k = cli_commands; k->verb; k++)
        if (k->room && strcmp(k->room, room) == 0) {
            if (!any)
                printf("usage: tomo %s <verb> ...\n\n", room);
            printf("  %-12s %s\n", k->verb, k->help);
            any = true;
        }
    for (size_t i = 0; tomo_pipeline_op(i); i++) {
        const tomo_op *op = tomo_pipeline_op(i);
        if (strcmp(op->room, room) != 0)
            continue;
        if (!any)
            printf("usage: tomo %s <verb> ...\n\n", room);
        printf("  %-12s %s\n", op->name, op->help);
        any = true;
    }
    if (any)
        printf("\ntomo %s <verb> --help says more.\n", room);
    return any ? 0 : -1;
}

static void print_option(FILE *to, const tomo_option *o);

/* Options of a command's tables; one that two tables have is said once. */
static void print_tables(FILE *to, const cli_command *k)
{
    for (size_t t = 0; t < TOMO__COUNT(k->tables) && k->tables[t]; t++) {
        const tomo_op *table = k->tables[t]();
        for (uint32_t i = 0; i < table->n_options; i++) {
            bool said = false;
            for (size_t before = 0; before < t; before++)
                for (uint32_t j = 0; j < k->tables[before]()->n_options; j++)
                    said = said || strcmp(k->tables[before]()->options[j].name, table->options[i].name) == 0;
            if (!said)
                print_option(to, &table->options[i]);
        }
    }
}

void cli_help_command(FILE *to, const cli_command *k)
{
    fprintf(to, "usage: tomo %s%s%s %s%s\n\n%s\n", k->room ? k->room : "", k->room ? " " : "", k->verb, k->args,
            k->flags || k->tables[0] ? " [flags]" : "", k->help);
    if (k->detail)
        fprintf(to, "%s\n", k->detail);
    fprintf(to, "\nexample: %s\n\nflags:\n", k->example);
    print_flags(to, k->flags);
    print_tables(to, k);
    print_flags(to, every_verb);
}

static void print_option(FILE *to, const tomo_option *o)
{
    static const char *const value[] = { "", " N", " X", " WORD", " TEXT", " X,..." };
    char left[64];
    snprintf(left, sizeof left, "--%s%s", o->name, o->type == TOMO_OPT_BOOL && o->def != 0 ? "=false" : value[o->type]);
    fprintf(to, "  %-24s %s", left, o->help);
    if (o->choices) {
        fputs(" (", to);
        for (int i = 0; o->choices[i]; i++)
            fprintf(to, "%s%s", i ? ", " : "", o->choices[i]);
        fputc(')', to);
    }
    if ((o->type == TOMO_OPT_INT || o->type == TOMO_OPT_DOUBLE || o->type == TOMO_OPT_DOUBLES) &&
        (o->min != 0 || o->max != 0))
        fprintf(to, " (%g to %g)", o->min, o->max);
    if (o->unit && o->unit[0])
        fprintf(to, " [%s]", o->unit);
    if (o->required)
        fputs("; required", to);
    else if (o->type == TOMO_OPT_ENUM)
        fprintf(to, "; default %s", o->choices[(int)o->def]);
    else if (o->type == TOMO_OPT_BOOL)
        fputs(o->def != 0 ? "; default true" : "", to);
    else if (o->type != TOMO_OPT_TEXT && !isnan(o->def))
        fprintf(to, "; default %g", o->def);
    fputc('\n', to);
}

void cli_help_op(FILE *to, const tomo_op *op)
{
    fprintf(to, "usage: tomo %s %s", op->room, op->name);
    for (int i = 0; i < TOMO_MAX_PORTS && op->in[i].kind != TOMO_KIND_NONE; i++)
        fprintf(to, op->in[i].optional ? " [--%s FILE]" : " IN-%s", op->in[i].name);
    for (int i = 0; i < TOMO_MAX_PORTS && op->out[i].kind != TOMO_KIND_NONE; i++)
        if (op->out[i].kind != TOMO_KIND_JSON)
            fprintf(to, !op->out[i].optional ? " OUT-%s" : i ? " [--%s OUT]" : " [-o|--%s OUT]", op->out[i].name);
    fprintf(to, " [flags]\n\n%s\n", op->help);
    if (op->detail)
        fprintf(to, "%s\n", op->detail);
    if (op->example)
        fprintf(to, "\nexample: %s\n", op->example);
    fputs("\ninputs and outputs:\n", to);
    for (int i = 0; i < TOMO_MAX_PORTS && op->in[i].kind != TOMO_KIND_NONE; i++)
        fprintf(to, "  %s%-22s %s\n", op->in[i].optional ? "--" : "IN-", op->in[i].name, op->in[i].help);
    for (int i = 0; i < TOMO_MAX_PORTS && op->out[i].kind != TOMO_KIND_NONE; i++)
        fprintf(to, "  %s%-21s %s\n",
                op->out[i].kind == TOMO_KIND_JSON ? "      "
                : op->out[i].optional             ? "--"
                                                  : "OUT-",
                op->out[i].name, op->out[i].help);
    fputs("\nflags:\n", to);
    for (uint32_t i = 0; i < op->n_options; i++)
        print_option(to, &op->options[i]);
    print_flags(to, every_verb);
}
