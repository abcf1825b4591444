/* ply.h - the header of a PLY file (ply_head.c), as ply.c reads rows by it. */
#ifndef TOMO_MESH_PLY_H
#define TOMO_MESH_PLY_H

#include "mesh/read.h"

enum { PLY_MOST_ELEMENTS = 16, PLY_MOST_PROPERTIES = 256 };

typedef enum ply_order { PLY_TEXT, PLY_LITTLE, PLY_BIG } ply_order;
typedef enum ply_type { PLY_NONE, PLY_I8, PLY_U8, PLY_I16, PLY_U16, PLY_I32, PLY_U32, PLY_F32, PLY_F64 } ply_type;
/* What a property is to a mesh: x, y, z, then nx, ny, nz of a vertex; the vertex numbers of a face. */
typedef enum ply_role { PLY_X, PLY_NX = 3, PLY_OTHER = 6, PLY_CORNERS } ply_role;
typedef enum ply_what { PLY_VERTEX, PLY_FACE, PLY_ELSE } ply_what;

typedef struct ply_property {
    ply_type type, count; /* count: type of a list's length; PLY_NONE for a single number */
    ply_role role;
} ply_property;

typedef struct ply_element {
    char name[32];
    ply_what what;
    uint64_t rows;
    uint32_t first, n; /* properties */
    uint32_t roles;    /* bit of each role it has */
    size_t least;      /* bytes that a row takes at least; 0 without properties */
} ply_element;

typedef struct ply_head {
    ply_order order;
    bool ras;
    uint32_t n_elements, n_properties;
    size_t body; /* offset of the first row */
    ply_element element[PLY_MOST_ELEMENTS];
    ply_property property[PLY_MOST_PROPERTIES];
} ply_head;

size_t ply__size(ply_type type);
tomo_status ply__read_head(const mesh__file *f, ply_head *h);

#endif
