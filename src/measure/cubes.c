/* cubes.c - the surface of a mask by marching cubes, without a mesh: what each of the 256 cases of a cube adds. */
#include "measure/measure_internal.h"
#include "measure/radiomics_cases.gen.h"

static int inside(const uint8_t *mask, const int64_t n[3], int64_t x, int64_t y, int64_t z)
{
    return x >= 0 && y >= 0 && z >= 0 && x < n[0] && y < n[1] && z < n[2] && mask[(z * n[1] + y) * n[0] + x];
}

static void triangle(int code, int t, const double mm[3], double at[3][3], double c[3])
{
    double u[3], v[3];
    for (int i = 0; i < 3; i++) {
        const uint8_t *ends = measure__cube_edges[measure__cube_triangles[code][3 * t + i]];
        for (int k = 0; k < 3; k++)
            at[i][k] = ((ends[0] >> k & 1) + (ends[1] >> k & 1)) * mm[k] / 2;
    }
    for (int k = 0; k < 3; k++)
        u[k] = at[1][k] - at[0][k], v[k] = at[2][k] - at[0][k];
    c[0] = u[1] * v[2] - u[2] * v[1], c[1] = u[2] * v[0] - u[0] * v[2], c[2] = u[0] * v[1] - u[1] * v[0];
}

void measure__cube_areas(const double mm[3], double area[256])
{
    for (int code = 0; code < 256; code++) {
        area[code] = 0;
        for (int t = 0; t < measure__cube_triangle_count[code]; t++) {
            double at[3][3], c[3];
            triangle(code, t, mm, at, c);
            area[code] += sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]) / 2;
        }
    }
}

/* Marching cubes between voxels inside and outside, corners halfway (IBSI 3.1.1). Area depends on a cube's case alone;
 * by the divergence theorem volume needs the case and the sum of its cubes' places, so counting in whole numbers is all
 * there is to do over the voxels. */
void measure__cube_surface(const uint8_t *mask, const int64_t n[3], const double mm[3], double *area, double *volume)
{
    int64_t count[256] = { 0 }, place[256][3] = { { 0 } };
    for (int64_t z = -1; z < n[2]; z++)
        for (int64_t y = -1; y < n[1]; y++) {
            int code = 0;
            for (int64_t x = -2; x < n[0]; x++) {
                code = code >> 1 & 0x55;
                for (int k = 0; k < 4; k++)
                    code |= inside(mask, n, x + 1, y + (k & 1), z + (k >> 1)) << (2 * k + 1);
                if (code == 0 || code == 255)
                    continue;
                count[code]++;
                place[code][0] += x, place[code][1] += y, place[code][2] += z;
            }
        }
    *area = *volume = 0;
    for (int code = 1; code < 255; code++)
        for (int t = 0; t < measure__cube_triangle_count[code] && count[code]; t++) {
            double at[3][3], c[3];
            triangle(code, t, mm, at, c);
            *area += (double)count[code] * sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]) / 2;
            for (int k = 0; k < 3; k++)
                *volume += c[k] * ((double)count[code] * at[0][k] + (double)place[code][k] * mm[k]) / 6;
        }
}
