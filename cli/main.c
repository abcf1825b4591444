/* main.c - finds the command, reads the flags, makes context and job, turns Ctrl-C into a cancel. */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <tomo/pipeline.h>
#include <unistd.h>

static tomo_job *running; /* for the signal handler only */

static void on_interrupt(int signal_number)
{
    tomo_job_cancel(running);
    signal(signal_number, SIG_DFL); /* a second Ctrl-C ends it the hard way */
}

static bool show_progress(void *user, double done, const char *what)
{
    fprintf(stderr, "\r\033[K%3.0f %%  %s", done * 100.0, what ? what : "");
    fflush(stderr);
    return true;
}

const char *cli_flag_value(const cli *c, const char *name)
{
    for (int i = 0; c->command->flags && c->command->flags[i].name; i++)
        if (strcmp(c->command->flags[i].name, name) == 0)
            return c->flag[i];
    return NULL;
}

static int exit_code(tomo_status status)
{
    switch (status) {
    case TOMO_OK:
        return CLI_DONE;
    case TOMO_E_ARG:
        return CLI_USAGE;
    case TOMO_E_CANCELED:
        return CLI_CANCELED;
    case TOMO_E_FORMAT:
    case TOMO_E_UNSUPPORTED:
    case TOMO_E_NOTFOUND:
    case TOMO_E_GEOMETRY:
        return CLI_INPUT;
    case TOMO_E_NETWORK:
        return CLI_PEER;
    case TOMO_E_LIMIT:
    case TOMO_E_DENIED:
        return CLI_REFUSED;
    default:
        return CLI_FAILED;
    }
}

int cli_fail(cli *c)
{
    if (isatty(2) && !c->quiet)
        fputs("\r\033[K", stderr);
    fputs("tomo: ", stderr);
    cli_print_safe(stderr, c->err.message[0] ? c->err.message : tomo_status_name(c->err.status));
    fputc('\n', stderr);
    return exit_code(c->err.status);
}

int cli_usage(const cli *c, const char *format, ...)
{
    va_list list;
    fputs("tomo: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    if (c && c->op)
        fprintf(stderr, "; see tomo %s %s --help\n", c->op->room, c->op->name);
    else if (c && c->command)
        fprintf(stderr, "; see tomo %s%s%s --help\n", c->command->room ? c->command->room : "",
                c->command->room ? " " : "", c->command->verb);
    else
        fputs("; see tomo --help\n", stderr);
    return CLI_USAGE;
}

bool cli_flag_int(cli *c, const char *name, int64_t lo, int64_t hi, int64_t *value)
{
    const char *text = cli_flag_value(c, name);
    char *end = NULL;
    if (!text)
        return true;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno || end == text || *end || v < lo || v > hi) {
        cli_usage(c, "--%s is '%s', expected a whole number from %lld to %lld", name, text, (long long)lo,
                  (long long)hi);
        return false;
    }
    *value = v;
    return true;
}

/* The flag's place in the command's table, or -1. */
static int find_flag(const cli_flag *flags, const char *name)
{
    for (int i = 0; flags && flags[i].name; i++)
        if (strcmp(flags[i].name, name) == 0)
            return i;
    return -1;
}

/* Does a flag of an operation take a value? Bools need none; -1 if there is no such flag. */
static int op_flag_kind(const tomo_op *op, const char *name)
{
    for (uint32_t i = 0; i < op->n_options; i++)
        if (strcmp(op->options[i].name, name) == 0)
            return op->options[i].type != TOMO_OPT_BOOL;
    for (int i = 0; i < TOMO_MAX_PORTS; i++)
        if ((op->in[i].kind != TOMO_KIND_NONE && op->in[i].optional && strcmp(op->in[i].name, name) == 0) ||
            (op->out[i].kind != TOMO_KIND_NONE && op->out[i].optional && strcmp(op->out[i].name, name) == 0))
            return 1;
    return -1;
}

/* What -o names: a command's flag "out", an operation's first output if that is optional. NULL if nothing. */
static const char *out_flag(const cli *c)
{
    if (c->op)
        return c->op->out[0].optional ? c->op->out[0].name : NULL;
    return find_flag(c->command->flags, "out") >= 0 ? "out" : NULL;
}

/* The same for the options of a command's tables. */
static int table_flag_kind(const cli_command *k, const char *name)
{
    for (size_t i = 0; i < TOMO__COUNT(k->tables) && k->tables[i]; i++) {
        const int kind = op_flag_kind(k->tables[i](), name);
        if (kind >= 0)
            return kind;
    }
    return -1;
}

tomo_status cli_options(cli *c, const tomo_op *table, void *options, bool *any)
{
    tomo_status st = TOMO_OK;
    tomo_op_defaults(table, options);
    for (int i = 0; st == TOMO_OK && i < c->n_op_flags; i++)
        if (op_flag_kind(table, c->op_flag[i].name) >= 0) {
            st = tomo_op_set(table, options, c->op_flag[i].name, c->op_flag[i].value, &c->err);
            if (any)
                *any = true;
        }
    return st ? st : tomo_op_check(table, options, &c->err);
}

bool cli_only(cli *c, const char *what, const char *flags, const tomo_op *const *tables)
{
    const char *odd = NULL;
    char word[80];
    for (const cli_flag *f = c->command->flags; f && f->name && !odd; f++) {
        snprintf(word, sizeof word, " %s ", f->name);
        if (cli_flag_value(c, f->name) && !strstr(flags, word))
            odd = f->name;
    }
    for (int i = 0; i < c->n_op_flags && !odd; i++) {
        bool known = false;
        for (const tomo_op *const *t = tables; *t; t++)
            known |= op_flag_kind(*t, c->op_flag[i].name) >= 0;
        odd = known ? NULL : c->op_flag[i].name;
    }
    if (odd)
        cli_usage(c, "--%s says nothing about %s", odd, what);
    return !odd;
}

typedef struct settings {
    int64_t threads, memory_mib;
    int32_t kernels; /* highest level to use, -1 = the processor's best */
    bool help;
} settings;

static bool whole_number(const char *text, int64_t lo, int64_t hi, int64_t *value)
{
    char *end = NULL;
    errno = 0;
    long long v = text ? strtoll(text, &end, 10) : 0;
    if (!text || errno || end == text || *end || v < lo || v > hi)
        return false;
    *value = v;
    return true;
}

enum { FLAG_THREADS = 1, FLAG_MEMORY = 2, FLAG_KERNELS = 3 };

/* Flags of every verb that take a value. */
static int global_flag(const char *name)
{
    return strcmp(name, "threads") == 0        ? FLAG_THREADS
           : strcmp(name, "memory-limit") == 0 ? FLAG_MEMORY
           : strcmp(name, "kernels") == 0      ? FLAG_KERNELS
                                               : 0;
}

static int take_global(const cli *c, settings *s, int flag, const char *value)
{
    static const char *const levels[TOMO_CPU_COUNT] = { "c", "avx2", "avx512" };
    if (flag == FLAG_THREADS && !whole_number(value, 0, 1024, &s->threads))
        return cli_usage(c, "--threads is '%s', expected 0 (all cores) to 1024", value);
    if (flag == FLAG_MEMORY && !whole_number(value, 1, 1 << 30, &s->memory_mib))
        return cli_usage(c, "--memory-limit is '%s', expected MiB, at least 1", value);
    if (flag != FLAG_KERNELS)
        return 0;
    for (int32_t i = 0; i < TOMO_CPU_COUNT; i++)
        if (strcmp(value, levels[i]) == 0)
            return s->kernels = i, 0;
    return cli_usage(c, "--kernels is '%s', expected c, avx2 or avx512", value);
}

/* A flag of an operation or of a command's tables; 0 or an exit code. */
static int keep_flag(cli *c, const char *name, const char *value)
{
    if (c->n_op_flags == (int)TOMO__COUNT(c->op_flag))
        return cli_usage(c, "too many flags");
    for (int k = 0; k < c->n_op_flags; k++)
        if (strcmp(c->op_flag[k].name, name) == 0)
            return cli_usage(c, "--%s is given twice", name);
    snprintf(c->op_flag[c->n_op_flags].name, sizeof c->op_flag[0].name, "%s", name);
    c->op_flag[c->n_op_flags++].value = value;
    return 0;
}

/* One argument that begins with "--"; returns 0 or an exit code. `i` moves past a value that was taken. */
static int read_flag(cli *c, settings *s, int argc, char **argv, int *i)
{
    char name[64];
    const char *text = argv[*i] + 2, *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    if (length == 0 || length >= sizeof name)
        return cli_usage(c, "'%s' is not a flag", argv[*i]);
    memcpy(name, text, length);
    name[length] = 0;
    const char *value = equals ? equals + 1 : NULL;

    if (value && (strcmp(name, "help") == 0 || strcmp(name, "json") == 0 || strcmp(name, "quiet") == 0))
        return cli_usage(c, "--%s takes no value", name);
    if (strcmp(name, "help") == 0)
        return s->help = true, 0;
    if (strcmp(name, "json") == 0)
        return c->json = true, 0;
    if (strcmp(name, "quiet") == 0)
        return c->quiet = true, 0;
    int global = global_flag(name);
    int at = global || c->op ? -1 : find_flag(c->command->flags, name);
    int takes = global    ? 1
                : c->op   ? op_flag_kind(c->op, name)
                : at >= 0 ? c->command->flags[at].value != NULL
                          : table_flag_kind(c->command, name);
    if (takes < 0)
        return cli_usage(c, "there is no flag --%s here", name);
    if (!takes && value && !c->op && at >= 0) /* switches of operations may be =false */
        return cli_usage(c, "--%s takes no value", name);
    if (takes && !value) {
        if (*i + 1 >= argc)
            return cli_usage(c, "--%s needs a value", name);
        value = argv[++*i];
    }
    if (global)
        return take_global(c, s, global, value);
    if (!c->op && at >= 0) {
        c->flag[at] = value ? value : "";
        return 0;
    }
    return keep_flag(c, name, value ? value : "true");
}

/* The command or operation that argv begins with; `used` words of it name it. 0 or an exit code. */
static int find_command(cli *c, int argc, char **argv, int *used)
{
    static cli_command as_command; /* an operation dressed as a command */
    for (const cli_command *k = cli_commands; k->verb; k++)
        if (!k->room && strcmp(k->verb, argv[1]) == 0)
            return c->command = k, *used = 2, 0;
    if (argc >= 3 && argv[2][0] != '-') {
        for (const cli_command *k = cli_commands; k->verb; k++)
            if (k->room && strcmp(k->room, argv[1]) == 0 && strcmp(k->verb, argv[2]) == 0)
                return c->command = k, *used = 3, 0;
        c->op = tomo_pipeline_find(argv[1], argv[2]);
        if (c->op) {
            as_command = (cli_command){ c->op->room, c->op->name, "", 0, 0, c->op->help, NULL, NULL, NULL, cli_run_op };
            return c->command = &as_command, *used = 3, 0;
        }
    }
    return -1;
}

/* Number of the argument from which on they are written: OUT of the usage line, or behind an operation's inputs; -1 if
 * nothing is. */
static int first_output(const cli *c)
{
    int n = 0;
    if (c->op) {
        for (int i = 0; i < TOMO_MAX_PORTS && c->op->in[i].kind != TOMO_KIND_NONE; i++)
            n += !c->op->in[i].optional;
        return n;
    }
    for (const char *word = c->command->args; word && *word; n++) {
        const size_t length = strcspn(word, " ");
        const bool many = length > 3 && strncmp(word + length - 3, "...", 3) == 0;
        if (strncmp(word, "OUT", 3) == 0 || strncmp(word, "[OUT", 4) == 0)
            return n;
        if (many) /* OUT is what comes last */
            return strstr(word, "OUT") ? TOMO__MAX(c->n_args - 1, 1) : -1;
        word += length + strspn(word + length, " ");
    }
    return -1;
}

static bool same_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool has_port(const tomo_port *ports, const char *name)
{
    for (int i = 0; i < TOMO_MAX_PORTS && ports[i].kind != TOMO_KIND_NONE; i++)
        if (ports[i].optional && strcmp(ports[i].name, name) == 0)
            return true;
    return false;
}

/* A file that is read must not be the one that is written: it may be somebody's only copy. */
static int check_outputs(cli *c)
{
    const int out = first_output(c);
    const char *in[TOMO_MAX_PORTS + 1], *to[2 * TOMO_MAX_PORTS];
    int n_in = 0, n_to = 0;
    for (int o = out; out > 0 && o < c->n_args && (c->op || o == out); o++)
        for (int i = 0; i < out; i++)
            if (same_file(c->args[i], c->args[o]))
                return cli_usage(c, "%s would be written over %s, which is read; name another file", c->args[o],
                                 c->args[i]);
    for (int i = 0; c->op && i < c->n_op_flags; i++) /* ports that are flags */
        if (has_port(c->op->out, c->op_flag[i].name))
            to[n_to++] = c->op_flag[i].value;
        else if (has_port(c->op->in, c->op_flag[i].name))
            in[n_in++] = c->op_flag[i].value;
    const int flagged = n_to;
    for (int i = 0; c->op && i < c->n_args && i < out; i++) /* what is positional is held against flags only */
        for (int o = 0; o < flagged; o++)
            if (same_file(c->args[i], to[o]))
                return cli_usage(c, "%s would be written over %s, which is read; name another file", to[o], c->args[i]);
    for (int o = out; c->op && n_in && o < c->n_args && n_to < (int)TOMO__COUNT(to); o++)
        to[n_to++] = c->args[o];
    for (int i = 0; i < n_in; i++)
        for (int o = 0; o < n_to; o++)
            if (same_file(in[i], to[o]))
                return cli_usage(c, "%s would be written over %s, which is read; name another file", to[o], in[i]);
    return CLI_DONE;
}

/* The shell's limit on address space (ulimit -v), of which maps and stacks take a part; 0 = none. */
static uint64_t shell_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur / 2 : 0;
}

static int run(cli *c, const settings *s)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    struct sigaction action = { .sa_handler = on_interrupt };
    o.threads = (int32_t)s->threads;
    o.memory_limit = s->memory_mib ? (uint64_t)s->memory_mib << 20 : shell_limit();
    o.cpu_max = s->kernels;
    if (tomo_ctx_new(&c->ctx, &o, &c->err) != TOMO_OK ||
        tomo_job_new(&c->job, isatty(2) && !c->quiet ? show_progress : NULL, NULL, &c->err) != TOMO_OK) {
        int code = cli_fail(c);
        tomo_ctx_free(c->ctx);
        return code;
    }
    running = c->job;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL); /* the terminal is gone: end as cleanly */
    int code = c->command->run(c);
    if (isatty(2) && !c->quiet)
        fputs("\r\033[K", stderr);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    running = NULL;
    tomo_job_free(c->job);
    tomo_ctx_free(c->ctx);
    const bool lost = ferror(stdout); /* what was lost long ago left no errno: writing once more says why again */
    if (lost)
        putchar('\n');
    if (fflush(stdout) != 0 || lost) {
        fprintf(stderr, "tomo: standard output: %s\n", strerror(errno));
        return code ? code : CLI_FAILED;
    }
    return code;
}

int main(int argc, char **argv)
{
    cli c = { 0 };
    settings s = { .kernels = -1 };
    int used = 0, code;
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return cli_help_top(argc < 2 ? stderr : stdout), argc < 2 ? CLI_USAGE : CLI_DONE;
    if (strcmp(argv[1], "--version") == 0)
        return printf("tomo %s\n", tomo_version()), CLI_DONE;
    if (find_command(&c, argc, argv, &used) != 0) {
        if ((argc == 2 || strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0) && cli_help_room(argv[1]) == 0)
            return argc == 2 ? CLI_USAGE : CLI_DONE;
        return cli_usage(NULL, "there is no command '%s%s%s'", argv[1], argc > 2 && argv[2][0] != '-' ? " " : "",
                         argc > 2 && argv[2][0] != '-' ? argv[2] : "");
    }
    c.args = calloc((size_t)argc, sizeof *c.args);
    if (!c.args)
        return fputs("tomo: no memory\n", stderr), CLI_FAILED;
    bool flags_end = false;
    for (int i = used; i < argc; i++) {
        if (!flags_end && strcmp(argv[i], "--") == 0)
            flags_end = true;
        else if (!flags_end && strcmp(argv[i], "-h") == 0)
            s.help = true;
        else if (!flags_end && strcmp(argv[i], "-o") == 0 && out_flag(&c) && i + 1 < argc) {
            if (!c.op)
                c.flag[find_flag(c.command->flags, "out")] = argv[++i];
            else if ((code = keep_flag(&c, out_flag(&c), argv[++i])) != 0)
                return free(c.args), code;
        } else if (!flags_end && argv[i][0] == '-' && argv[i][1] == '-') {
            code = read_flag(&c, &s, argc, argv, &i);
            if (code)
                return free(c.args), code;
        } else
            c.args[c.n_args++] = argv[i];
    }
    if (s.help)
        c.op ? cli_help_op(stdout, c.op) : cli_help_command(stdout, c.command), code = CLI_DONE;
    else if (!c.op && (c.n_args < c.command->min_args || c.n_args > c.command->max_args))
        code = cli_usage(&c, "%s: %d argument%s given, expected %s", c.command->verb, c.n_args,
                         c.n_args == 1 ? "" : "s", c.command->args);
    else if ((code = check_outputs(&c)) == CLI_DONE)
        code = run(&c, &s);
    free(c.args);
    return code;
}
