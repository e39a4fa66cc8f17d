// Winograd's minimal filtering F(4 × 4, 3 × 3) for convolutions of 3 × 3 windows one pixel apart (Lavin & Gray, arXiv:1509.09308):
// Y = Aᵀ [(G g Gᵀ) ∘ (Bᵀ d B)] A for tiles of 4 × 4 outputs, 36 products instead of 144.
//
// A convolution is three steps: the weights are transformed once, then for each block of tiles the pixels are transformed, 36 matrix
// products [outputs, channels] · [channels, tiles] follow, and their results are transformed into pixels. A block's values are laid
// out [36, channels, lanes], a lane being a tile, the weights [36, channels written, channels read]. The 36 parts lie `step` apart: not a power of
// two of bytes, or all values of a tile would fall into the same lines of the cache.
#ifndef CK_WINOGRAD_H
#define CK_WINOGRAD_H

#include "ck_convolution.h"

#include <stdbool.h>
#include <stddef.h>

/// Products per tile and channel, side of a tile of outputs, and what lanes are a multiple of.
enum { ck_winograd_products = 36, ck_winograd_tile = 4, ck_winograd_lanes = 16 };

/// Tiles of output pixels, numbered (image, row, column); images lie densely, [B, C, H, W].
typedef struct {
    ptrdiff_t height, width;                  // of the images read
    ptrdiff_t padding_height, padding_width;  // zeros around them, at most two
    ptrdiff_t rows, columns;                  // of the images written
    ptrdiff_t tile_rows, tile_columns;        // tiles down and across those
    ptrdiff_t lanes;                          // of a block, a multiple of 16
} ck_winograd;

/// Filters of 3 × 3 numbers, one for each channel written (a row) and read (a column).
typedef struct {
    const float *weights;
    ptrdiff_t row_stride, column_stride; // from one filter to the next, in numbers
    ptrdiff_t columns;
    bool flips; // turned by 180°
} ck_winograd_filters;

/// The filters of the rows `begin ..< end` into `transformed` [36, rows, columns].
void ck_winograd_weights(const ck_winograd_filters *filters, float *transformed, ptrdiff_t step, ptrdiff_t begin, ptrdiff_t end);

/// Pixels under the tiles `begin ..< end`, all channels, into `transformed` [36, channels, lanes].
///
/// - mask: NULL, or like `images`: pixels count as 0 where it is not positive.
void ck_winograd_pixels(const ck_winograd *tiles, ptrdiff_t channels, const float *images, const float *mask, float *transformed,
                        ptrdiff_t step, ptrdiff_t begin, ptrdiff_t end);

/// The products [36, channels, lanes] of the tiles `begin ..< end` into pixels of `images`.
void ck_winograd_results(const ck_winograd *tiles, ptrdiff_t channels, const float *products, ptrdiff_t step,
                         const ck_convolution_epilogue *epilogue, float *images, ptrdiff_t begin, ptrdiff_t end);

#endif
