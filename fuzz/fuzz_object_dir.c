/* fuzz_object_dir.c - libFuzzer: any bytes as a DICOMDIR: the tree is walked to its end, every file is looked for. */
#include <tomo/object_dir.h>

#include "fuzz_dataset.h"
#include "object/dir_internal.h"

static void walk(tomo_fileset *set)
{
    size_t steps = 0;
    tomo_fileset_record r = { sizeof r };
    for (int64_t at = tomo_fileset_first(set); at >= 0 && steps <= tomo_fileset_count(set); steps++) {
        char path[256];
        tomo_fileset_record_at(set, (size_t)at, &r, NULL);
        tomo_fileset_path(set, (size_t)at, path, sizeof path, NULL);
        while (r.child < 0 && r.next < 0 && r.parent >= 0) {
            tomo_fileset_record_at(set, (size_t)r.parent, &r, NULL);
            r.child = -1;
        }
        at = r.child >= 0 ? r.child : r.next;
    }
    if (steps > tomo_fileset_count(set)) /* each record once */
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file f = fuzz_open(data, size, 64, NULL);
    tomo_fileset *set = NULL;
    tomo_dataset *ds = f.ds;
    f.ds = NULL;
    if (ds && dir__open(f.ctx, &set, ds, "/nowhere", f.report, NULL) == TOMO_OK) { /* adopts it in any case */
        walk(set);
        tomo_fileset_free(set);
    }
    return fuzz_close(&f);
}
