#include "ck_winograd.h"
#include "kernel.h"

// The transforms interpolate at 0, ±a, ±b and ∞. These points lose three times less than the usual 0, ±1, ±2 and ∞: largest errors
// of 7e-6 instead of 2e-5 relative to the outputs' root mean square at 64 channels. oneDNN (Apache 2.0) takes them too.
static const float a = 0.625f, b = 1.5f, a2 = 0.625f * 0.625f, b2 = 1.5f * 1.5f;

enum { width = ck_winograd_lanes, tile = ck_winograd_tile, window = 3, patch = tile + window - 1 };

typedef float lanes[width] __attribute__((aligned(64)));

/// out[k · step] = Σ Bᵀ[k][i] · in[i · step], k and i in 0 ..< 6.
CK_INLINE void transform_pixels(const lanes *CK_RESTRICT in, lanes *CK_RESTRICT out, ptrdiff_t step) {
    CK_VECTOR
    for (ptrdiff_t l = 0; l < width; l++) {
        const float d0 = in[0][l], d1 = in[step][l], d2 = in[2 * step][l], d3 = in[3 * step][l], d4 = in[4 * step][l];
        const float d5 = in[5 * step][l];
        const float even_a = d4 - b2 * d2, odd_a = a * (d3 - b2 * d1), even_b = d4 - a2 * d2, odd_b = b * (d3 - a2 * d1);
        out[0][l] = d4 - (a2 + b2) * d2 + a2 * b2 * d0;
        out[step][l] = even_a + odd_a;
        out[2 * step][l] = even_a - odd_a;
        out[3 * step][l] = even_b + odd_b;
        out[4 * step][l] = even_b - odd_b;
        out[5 * step][l] = d5 - (a2 + b2) * d3 + a2 * b2 * d1;
    }
}

/// out[k] = Σ Aᵀ[k][i] · in[i · step], k in 0 ..< 4, i in 0 ..< 6.
CK_INLINE void transform_products(const float *CK_RESTRICT in, ptrdiff_t step, float *CK_RESTRICT out, ptrdiff_t out_step) {
    CK_VECTOR
    for (ptrdiff_t l = 0; l < width; l++) {
        const float m0 = in[l], m1 = in[step + l], m2 = in[2 * step + l], m3 = in[3 * step + l], m4 = in[4 * step + l];
        const float m5 = in[5 * step + l];
        const float sum_a = m1 + m2, difference_a = a * (m1 - m2), sum_b = m3 + m4, difference_b = b * (m3 - m4);
        out[l] = m0 + sum_a + sum_b;
        out[out_step + l] = difference_a + difference_b;
        out[2 * out_step + l] = a2 * sum_a + b2 * sum_b;
        out[3 * out_step + l] = a2 * difference_a + b2 * difference_b + m5;
    }
}

/// out[k · out_step] = Σ G[k][i] · in[i · step], k in 0 ..< 6, i in 0 ..< 3.
CK_INLINE void transform_weights(const lanes *CK_RESTRICT in, ptrdiff_t step, lanes *CK_RESTRICT out, ptrdiff_t out_step) {
    const float at_zero = 1.0f / (a2 * b2), at_a = 1.0f / (2.0f * a2 * (a2 - b2)), at_b = 1.0f / (2.0f * b2 * (b2 - a2));
    CK_VECTOR
    for (ptrdiff_t l = 0; l < width; l++) {
        const float g0 = in[0][l], g1 = in[step][l], g2 = in[2 * step][l];
        const float even_a = at_a * (g0 + a2 * g2), odd_a = at_a * a * g1, even_b = at_b * (g0 + b2 * g2), odd_b = at_b * b * g1;
        out[0][l] = at_zero * g0;
        out[out_step][l] = even_a + odd_a;
        out[2 * out_step][l] = even_a - odd_a;
        out[3 * out_step][l] = even_b + odd_b;
        out[4 * out_step][l] = even_b - odd_b;
        out[5 * out_step][l] = g2;
    }
}

CK_KERNEL void ck_winograd_weights(const ck_winograd_filters *filters, float *transformed, ptrdiff_t step, ptrdiff_t begin,
                                   ptrdiff_t end) {
    enum { elements = window * window };
    const ptrdiff_t columns = filters->columns, groups = (columns + width - 1) / width;
    for (ptrdiff_t group = begin * groups; group < end * groups; group++) {
        const ptrdiff_t row = group / groups, column = group % groups * width;
        lanes filter[elements], half[patch * window], whole[ck_winograd_products];
        const ptrdiff_t filled = ck_min(width, columns - column);
        const float *first = filters->weights + row * filters->row_stride + column * filters->column_stride;
        for (ptrdiff_t e = 0; e < elements; e++) {
            const float *source = first + (filters->flips ? elements - 1 - e : e);
            for (ptrdiff_t l = 0; l < filled; l++) filter[e][l] = source[l * filters->column_stride];
            for (ptrdiff_t l = filled; l < width; l++) filter[e][l] = 0.0f;
        }
        for (ptrdiff_t c = 0; c < window; c++) transform_weights(filter + c, window, half + c, window);
        for (ptrdiff_t r = 0; r < patch; r++) transform_weights(half + r * window, 1, whole + r * patch, 1);
        float *target = transformed + row * columns + column;
        if (filled == width)
            for (ptrdiff_t k = 0; k < ck_winograd_products; k++) memcpy(target + k * step, whole[k], sizeof whole[k]);
        else
            for (ptrdiff_t k = 0; k < ck_winograd_products; k++)
                memcpy(target + k * step, whole[k], (size_t)filled * sizeof(float));
    }
}

/// Tiles that lie side by side.
typedef struct {
    ptrdiff_t image, row, column; // of the first one
    ptrdiff_t lane, count;
} run;

/// The tiles `first ..< last`, at most 16, row by row. Returns the number of runs.
CK_INLINE ptrdiff_t find_runs(const ck_winograd *tiles, ptrdiff_t first, ptrdiff_t last, run *runs) {
    ptrdiff_t found = 0;
    for (ptrdiff_t at = first; at < last; found++) {
        const ptrdiff_t row = at / tiles->tile_columns, column = at % tiles->tile_columns;
        const ptrdiff_t count = ck_min(tiles->tile_columns - column, last - at);
        runs[found] = (run){row / tiles->tile_rows, row % tiles->tile_rows, column, at - first, count};
        at += count;
    }
    return found;
}

/// A row of pixels under up to 16 tiles, four for each, with room for a whole vector after the last.
typedef float pixel_row[width * tile + width] __attribute__((aligned(64)));

/// Pixels x ..< x + count of a row of `reach` pixels, in whole vectors; zeros outside, and where the mask is not positive.
/// Neighbouring images lie `plane` apart.
CK_INLINE void copy_pixels(const float *row, const float *mask, ptrdiff_t reach, ptrdiff_t plane, ptrdiff_t x, ptrdiff_t count,
                           float *CK_RESTRICT out) {
    for (ptrdiff_t start = 0; start < count; start += width) {
        const float *source = row + x + start, *condition = mask ? mask + x + start : NULL;
        const int32_t left = (int32_t)(x + start), limit = (int32_t)reach;
        // The next channel's pixels are a plane away: too far for the processor to foresee.
        __builtin_prefetch(source + plane);
        if (mask) {
            CK_VECTOR
            for (int32_t l = 0; l < width; l++)
                out[start + l] = left + l >= 0 && left + l < limit && condition[l] > 0.0f ? source[l] : 0.0f;
        } else if (left >= 0 && left + width <= limit) {
            memcpy(out + start, source, width * sizeof(float));
        } else {
            CK_VECTOR
            for (int32_t l = 0; l < width; l++) out[start + l] = left + l >= 0 && left + l < limit ? source[l] : 0.0f;
        }
    }
}

CK_INLINE float pixel(const float *row, const float *mask, ptrdiff_t reach, ptrdiff_t x) {
    return x < reach && (!mask || mask[x] > 0.0f) ? row[x] : 0.0f;
}

/// The rows of pixels under some tiles, and the two that follow the last tile of each run.
typedef struct {
    pixel_row rows[patch];
    lanes after[patch][2];
} tile_pixels;

CK_INLINE void read_pixels(const ck_winograd *tiles, const float *image, const float *mask, const run *place, tile_pixels *pixels) {
    const ptrdiff_t x = place->column * tile - tiles->padding_width, count = place->count * tile;
    const ptrdiff_t last = place->lane + place->count - 1;
    for (ptrdiff_t r = 0; r < patch; r++) {
        const ptrdiff_t y = place->row * tile + r - tiles->padding_height;
        const bool is_inside = y >= 0 && y < tiles->height;
        const ptrdiff_t start = is_inside ? y * tiles->width : 0, reach = is_inside ? tiles->width : 0;
        const float *row_mask = mask ? mask + start : NULL;
        copy_pixels(image + start, row_mask, reach, tiles->height * tiles->width, x, count, pixels->rows[r] + place->lane * tile);
        pixels->after[r][0][last] = pixel(image + start, row_mask, reach, x + count);
        pixels->after[r][1][last] = pixel(image + start, row_mask, reach, x + count + 1);
    }
}

typedef int32_t word_lanes __attribute__((vector_size(sizeof(lanes))));

/// The six columns of the patches along a row; the last two are the first two of the next tile, which `inner` tiles have beside them.
CK_INLINE void split_pixels(const float *CK_RESTRICT row, const lanes *after, const word_lanes *inner, lanes *CK_RESTRICT patches) {
    CK_VECTOR
    for (ptrdiff_t l = 0; l < width; l++) {
        patches[0][l] = row[l * tile];
        patches[1][l] = row[l * tile + 1];
        patches[2][l] = row[l * tile + 2];
        patches[3][l] = row[l * tile + 3];
    }
    for (ptrdiff_t c = 0; c < patch - tile; c++) {
        const word_lanes own = *(const word_lanes *)patches[c];
        const word_lanes next = __builtin_shufflevector(own, own, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
        *(word_lanes *)patches[tile + c] = (next & *inner) | *(const word_lanes *)after[c];
    }
}

CK_KERNEL void ck_winograd_pixels(const ck_winograd *tiles, ptrdiff_t channels, const float *images, const float *mask,
                                  float *transformed, ptrdiff_t step, ptrdiff_t begin, ptrdiff_t end) {
    for (ptrdiff_t first = begin; first < end; first += width) {
        run runs[width];
        const ptrdiff_t run_count = find_runs(tiles, first, ck_min(end, first + width), runs);
        word_lanes inner = {0};
        inner = ~inner;
        for (ptrdiff_t index = 0; index < run_count; index++) inner[runs[index].lane + runs[index].count - 1] = 0;
        // Lanes without a tile must hold numbers too; all channels fill the same ones.
        tile_pixels pixels;
        memset(&pixels, 0, sizeof pixels);
        for (ptrdiff_t channel = 0; channel < channels; channel++) {
            lanes patches[ck_winograd_products], half[ck_winograd_products], whole[ck_winograd_products];
            for (const run *place = runs; place < runs + run_count; place++) {
                const ptrdiff_t plane = (place->image * channels + channel) * tiles->height * tiles->width;
                read_pixels(tiles, images + plane, mask ? mask + plane : NULL, place, &pixels);
            }
            for (ptrdiff_t r = 0; r < patch; r++) split_pixels(pixels.rows[r], pixels.after[r], &inner, patches + r * patch);
            for (ptrdiff_t c = 0; c < patch; c++) transform_pixels(patches + c, half + c, patch);
            for (ptrdiff_t r = 0; r < patch; r++) transform_pixels(half + r * patch, whole + r * patch, 1);
            float *target = transformed + channel * tiles->lanes + first - begin;
            for (ptrdiff_t k = 0; k < ck_winograd_products; k++) memcpy(target + k * step, whole[k], sizeof whole[k]);
        }
    }
}

/// Four results of each of 16 tiles side by side, after bias and ReLU.
CK_INLINE void join_results(const lanes *CK_RESTRICT results, float shift, float floor, float *CK_RESTRICT row) {
    CK_VECTOR
    for (ptrdiff_t l = 0; l < width; l++) {
        const float r0 = results[0][l] + shift, r1 = results[1][l] + shift, r2 = results[2][l] + shift, r3 = results[3][l] + shift;
        row[l * tile] = r0 < floor ? floor : r0;
        row[l * tile + 1] = r1 < floor ? floor : r1;
        row[l * tile + 2] = r2 < floor ? floor : r2;
        row[l * tile + 3] = r3 < floor ? floor : r3;
    }
}

CK_INLINE void store_pixels(const float *CK_RESTRICT row, ptrdiff_t count, bool accumulates, float *CK_RESTRICT out) {
    for (ptrdiff_t start = 0; start < count; start += width) {
        if (accumulates) {
            CK_VECTOR
            for (ptrdiff_t l = 0; l < width; l++)
                if (start + l < count) out[start + l] += row[start + l];
        } else {
            CK_VECTOR
            for (ptrdiff_t l = 0; l < width; l++)
                if (start + l < count) out[start + l] = row[start + l];
        }
    }
}

CK_KERNEL void ck_winograd_results(const ck_winograd *tiles, ptrdiff_t channels, const float *products, ptrdiff_t step,
                                   const ck_convolution_epilogue *epilogue, float *images, ptrdiff_t begin, ptrdiff_t end) {
    const float floor = epilogue->rectifies ? 0.0f : -__builtin_inff();
    for (ptrdiff_t first = begin; first < end; first += width) {
        run runs[width];
        const ptrdiff_t run_count = find_runs(tiles, first, ck_min(end, first + width), runs);
        for (ptrdiff_t channel = 0; channel < channels; channel++) {
            lanes half[tile * patch], results[tile * tile];
            pixel_row rows[tile];
            const float *source = products + channel * tiles->lanes + first - begin;
            const float shift = epilogue->bias ? epilogue->bias[channel] : 0.0f;
            for (ptrdiff_t c = 0; c < patch; c++) transform_products(source + c * step, patch * step, half[c], patch * width);
            for (ptrdiff_t r = 0; r < tile; r++) transform_products(half[r * patch], width, results[r * tile], width);
            for (ptrdiff_t r = 0; r < tile; r++) join_results(results + r * tile, shift, floor, rows[r]);
            for (const run *place = runs; place < runs + run_count; place++) {
                const ptrdiff_t x = place->column * tile, y = place->row * tile;
                float *target = images + ((place->image * channels + channel) * tiles->rows + y) * tiles->columns + x;
                for (ptrdiff_t r = 0; r < ck_min(tile, tiles->rows - y); r++)
                    store_pixels(rows[r] + place->lane * tile, ck_min(place->count * tile, tiles->columns - x),
                                 epilogue->accumulates, target + r * tiles->columns);
            }
        }
    }
}
