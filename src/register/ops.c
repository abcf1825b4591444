/* ops.c - the operations of this room. A new one is a new file and a line here. */
#include "register/register_internal.h"

const tomo_op *const *tomo_register_ops(void)
{
    static const tomo_op *const list[] = {
        &tomo__op_register_init,         &tomo__op_register_translation, &tomo__op_register_rigid,
        &tomo__op_register_similarity,   &tomo__op_register_affine,      &tomo__op_register_fuse,
        &tomo__op_register_longitudinal, &tomo__op_register_landmarks,   &tomo__op_register_demons,
        NULL,
    };
    return list;
}
