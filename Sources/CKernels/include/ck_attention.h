// Scaled dot-product attention, blocked: softmax(scale · q kᵀ + mask) v per image and head, one block of query rows at a time.
//
// Only a block of the score matrix exists at any time, in the scratch of one task. Operands are views: element (image, head, row, i)
// lies at image · image_stride + head · head_stride + row · row_stride + i, so the output can be written as [images, rows, heads · size].
#ifndef CK_ATTENTION_H
#define CK_ATTENTION_H

#include "ck_product.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    ptrdiff_t image_stride;
    ptrdiff_t head_stride;
    ptrdiff_t row_stride;
} ck_head_layout;

typedef struct {
    ptrdiff_t heads;
    ptrdiff_t queries; // rows of q and of the output
    ptrdiff_t keys;    // rows of k and v
    ptrdiff_t size;    // of a head, contiguous
    float scale;
    ck_head_layout q, k, v, out;
    const float *mask;          // added to scores, −∞ hides a key; NULL for none
    ck_head_layout mask_layout; // strides of 0 repeat it
    ck_product *multiply;
} ck_attention;

/// How many query rows a task of the forward pass should have.
ptrdiff_t ck_attention_forward_block(const ck_attention *attention);

/// Floats of scratch that a task needs, forward and backward.
ptrdiff_t ck_attention_forward_scratch(const ck_attention *attention);
ptrdiff_t ck_attention_backward_scratch(const ck_attention *attention);

/// Query rows `begin ..< end` of one image and head. `log_sum_exp`: [images, heads, queries], or NULL.
void ck_attention_forward(const ck_attention *attention, const float *q, const float *k, const float *v, float *out,
                          float *log_sum_exp, float *scratch, ptrdiff_t image, ptrdiff_t head, ptrdiff_t begin, ptrdiff_t end);

/// Which gradients are added to; the others are overwritten.
typedef struct {
    bool q, k, v;
} ck_attention_modes;

/// All of one image and head: dq, dk, dv in the layouts of q, k, v (NULL for those not wanted). `out` and `dout` have the layout
/// `attention->out`.
void ck_attention_backward(const ck_attention *attention, const float *q, const float *k, const float *v, const float *out,
                           const float *log_sum_exp, const float *dout, float *dq, float *dk, float *dv,
                           ck_attention_modes accumulates, float *scratch, ptrdiff_t image, ptrdiff_t head);

#endif
