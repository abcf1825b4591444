/* comma.h - switch to a locale with a decimal comma: an installed one, or one made for the test by localedef. */
#ifndef COMMA_H
#define COMMA_H

#include <locale.h>

#include "t.h"

static inline bool comma_locale(t_state *t)
{
    char command[700];
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") || setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
        return true;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 '%s' >/dev/null 2>&1", t_tmp(t, "de_DE.UTF-8"));
    if (system(command) != 0)
        return false;
    setenv("LOCPATH", t->dir, 1);
    bool found = setlocale(LC_NUMERIC, "de_DE.UTF-8") != NULL;
    unsetenv("LOCPATH");
    return found;
}

#endif
