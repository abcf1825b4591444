/* many_runs.c - the program, run many times by one process: under a sanitizer a start costs a hundred times what a
 * small file does. Requests are lines on standard input, their fields parted by the unit separator (0x1f): FOLDER
 * STDOUT  STDERR  CPU-SECONDS  LEAKS  WORD... Each is what the program would do in FOLDER with these words; LEAKS 1:
 * then look for memory that was lost since the last look. The answer is a line: exit|signal NUMBER CPU-MILLISECONDS
 * PEAK-KIB A worker process does the runs. One that dies in a run is answered for and followed by a new one; so is one
 * that took much memory, so that the next run is not blamed for it. */
int program_main(int argc, char **argv);
#define main program_main
#include "../../cli/main.c"
#undef main

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

/* AddressSanitizer's, where the build has it. */
__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

enum { FIELDS = 5, MOST_WORDS = 64, REQUESTS = 10, ANSWERS = 11, LEAK = 99, FRESH_KIB = 300 << 10, MOST_RUNS = 400 };

static volatile int *pending; /* shared with the worker: is it in a run */

/* One line of requests, byte by byte: the next worker goes on where this one stopped. */
static bool next_line(char *line, size_t size)
{
    size_t n = 0;
    while (n + 1 < size && read(REQUESTS, &line[n], 1) == 1)
        if (line[n++] == '\n')
            return line[n - 1] = '\0', true;
    return false;
}

static void redirect(const char *path, int to)
{
    const int fd = open(path, to ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0600);
    if (fd < 0 || dup2(fd, to) < 0)
        _exit(126);
    close(fd);
}

static long cpu_ms(const struct rusage *used)
{
    return (used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000 +
           (used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1000;
}

static bool answer(const char *how, int number, long ms, long kib)
{
    char text[100];
    const int n = snprintf(text, sizeof text, "%s %d %ld %ld\n", how, number, ms, kib);
    *pending = 0;
    return write(ANSWERS, text, (size_t)n) == n;
}

/* More processor time than this, or eight times as long by the clock, ends the worker by a signal. */
static void limit(int seconds)
{
    const struct itimerval cpu = { .it_value = { .tv_sec = seconds } };
    setitimer(ITIMER_PROF, &cpu, NULL);
    alarm(8 * (unsigned)seconds);
}

/* A run; false if this worker should end. */
static bool serve(char *line)
{
    char *field[FIELDS + MOST_WORDS + 1], *rest = line;
    struct rusage before, after;
    int n = 0;
    while (rest && n < FIELDS + MOST_WORDS)
        field[n++] = strsep(&rest, "\x1f");
    field[n] = NULL;
    if (rest || n <= FIELDS)
        return fputs("many_runs: a request of too few or too many fields\n", stderr), false;
    const int seconds = atoi(field[3]);
    const bool leaks = field[4][0] == '1' && __lsan_do_recoverable_leak_check;
    redirect(field[1], 1);
    redirect(field[2], 2);
    if (chdir(field[0]) != 0)
        _exit(126);
    field[FIELDS - 1] = (char *)"tomo";
    getrusage(RUSAGE_SELF, &before);
    limit(seconds);
    int code = program_main(n - FIELDS + 1, field + FIELDS - 1);
    limit(0);
    fflush(stdout);
    clearerr(stdout);
    getrusage(RUSAGE_SELF, &after);
    const bool lost = leaks && __lsan_do_recoverable_leak_check();
    return answer("exit", lost ? LEAK : code, cpu_ms(&after) - cpu_ms(&before), after.ru_maxrss) && !lost &&
           after.ru_maxrss < FRESH_KIB;
}

static void work(void)
{
    static char line[1 << 16];
    for (int i = 0; i < MOST_RUNS; i++) {
        if (!next_line(line, sizeof line))
            _exit(1);
        *pending = 1;
        if (!serve(line))
            break;
    }
    _exit(0);
}

int main(void)
{
    const struct rlimit size = { (rlim_t)1 << 29, (rlim_t)1 << 29 };
    pending = mmap(NULL, sizeof *pending, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pending == MAP_FAILED || dup2(0, REQUESTS) < 0 || dup2(1, ANSWERS) < 0)
        return perror("many_runs"), 1;
    redirect("/dev/null", 0);
    setrlimit(RLIMIT_FSIZE, &size);
    for (;;) {
        struct rusage used;
        int status = 0;
        const pid_t child = fork();
        if (child == 0)
            work();
        if (child < 0)
            return perror("many_runs"), 1;
        while (wait4(child, &status, 0, &used) < 0)
            if (errno != EINTR)
                return perror("many_runs"), 1;
        if (!*pending && status != 0)
            return 0; /* no more requests */
        if (*pending &&
            !answer(WIFSIGNALED(status) ? "signal" : "exit",
                    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), cpu_ms(&used), used.ru_maxrss))
            return 1;
    }
}
