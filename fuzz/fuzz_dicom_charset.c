/* fuzz_dicom_charset.c - libFuzzer: any bytes as text in any character set, brought to UTF-8 and back: the text must
 * stay the same. The first line of the input is the value of (0008,0005), the rest the bytes of a name and of a long
 * text. */
#include <tomo/dicom_text.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096 };

static void same(const tomo_dataset *ds, tomo_tag tag, const char *before)
{
    static const char none[] = "";
    char after[4 * MOST];
    if (tomo_dataset_text(ds, tag, SIZE_MAX, after, sizeof after) < 0)
        strcpy(after, none);
    if (strcmp(before, after) != 0)
        abort();
}

static void use(tomo_ctx *ctx, const char *set, const uint8_t *text, size_t size)
{
    tomo_dataset *ds = NULL;
    char name[4 * MOST] = "", comment[4 * MOST] = "";
    if (tomo_dataset_new(ctx, &ds, NULL) != TOMO_OK)
        return;
    if (tomo_dataset_set(ds, "SpecificCharacterSet", set, NULL) == TOMO_OK &&
        tomo_dataset_set_bytes(ds, "PatientName", TOMO_VR('P', 'N'), text, size, NULL) == TOMO_OK &&
        tomo_dataset_set_bytes(ds, "PatientComments", TOMO_VR('L', 'T'), text, size, NULL) == TOMO_OK) {
        tomo_dataset_text(ds, 0x00100010, SIZE_MAX, name, sizeof name);
        tomo_dataset_text(ds, 0x00104000, SIZE_MAX, comment, sizeof comment);
        if (tomo_dataset_to_utf8(ds, NULL) == TOMO_OK) {
            same(ds, 0x00100010, name);
            same(ds, 0x00104000, comment);
            if (tomo_dataset_recode(ds, set, NULL) == TOMO_OK) {
                same(ds, 0x00100010, name);
                same(ds, 0x00104000, comment);
            }
        }
    }
    tomo_dataset_free(ds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    const uint8_t *line = size ? memchr(data, '\n', size < 200 ? size : 200) : NULL;
    char set[200] = "";
    if (!line || size - (size_t)(line - data) > MOST)
        return 0;
    co.threads = 1;
    co.memory_limit = (uint64_t)64 << 20;
    memcpy(set, data, (size_t)(line - data));
    if (tomo_ctx_new(&ctx, &co, NULL) != TOMO_OK)
        abort();
    use(ctx, set, line + 1, size - (size_t)(line - data) - 1);
    tomo_ctx_free(ctx);
    return 0;
}
