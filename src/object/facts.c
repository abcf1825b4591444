/* facts.c - members of the JSON object that a kind shows. */
#include "object/object_internal.h"

void tomo__fact_text(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag)
{
    char text[1025];
    if (!ds || tomo_dataset_text(ds, tag, SIZE_MAX, text, sizeof text) <= 0)
        return;
    tomo__json_key(json, key);
    tomo__json_strn(json, text, tomo__utf8_valid(text, strlen(text)));
}

void tomo__fact_num(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag)
{
    double value;
    if (!ds || !tomo_dataset_double(ds, tag, 0, &value))
        return;
    tomo__json_key(json, key);
    tomo__json_num(json, value);
}

void tomo__fact_nums(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag)
{
    double value[16];
    size_t n = 0;
    while (ds && n < TOMO__COUNT(value) && tomo_dataset_double(ds, tag, n, &value[n]))
        n++;
    if (!n)
        return;
    tomo__json_key(json, key);
    tomo__json_nums(json, value, n);
}
