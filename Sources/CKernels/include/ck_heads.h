// From one projection to attention's operands: head split, RMS-normalised queries and keys, rotary position embedding.
//
// qkv: [images, tokens, parts, heads, size] contiguous; part p of head h of token n goes to output p at [image, head, token, size].
// A part may be normalised over `size` with a weight (NULL: not normalised) and rotated: each adjacent pair (a, b) of elements 2m,
// 2m + 1 becomes (a cos − b sin, b cos + a sin) with row n of `cosine` and `sine`, [tokens, size] (NULL: not rotated).
#ifndef CK_HEADS_H
#define CK_HEADS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    ptrdiff_t tokens;
    ptrdiff_t parts; // 1 ... 3
    ptrdiff_t heads;
    ptrdiff_t size; // even where a part is rotated, at most ck_heads_maximum_size
    const float *weights[3]; // [size] each, or NULL
    bool rotates[3];
    const float *cosine;
    const float *sine;
    float epsilon;
} ck_heads;

enum { ck_heads_maximum_size = 1024 };

/// Rows (image · tokens + token) `begin ..< end`. `outputs[p]`: [images, heads, tokens, size]. `inverse_rms[p]`: [images, tokens, heads],
/// kept for the backward pass of a normalised part, or NULL.
void ck_heads_forward(const ck_heads *heads, const float *qkv, float *const outputs[3], float *const inverse_rms[3], ptrdiff_t begin,
                      ptrdiff_t end);

/// Rows `begin ..< end` of dqkv from `gradients[p]` (layout of the outputs). NULL for a part whose output has no gradient: zeros.
/// `weight_sums`: [3, size] (overwritten) receives this range's share of the weights' gradients, or NULL.
void ck_heads_backward(const ck_heads *heads, const float *qkv, const float *const inverse_rms[3], const float *const gradients[3],
                       float *dqkv, bool accumulate, float *weight_sums, ptrdiff_t begin, ptrdiff_t end);

/// One head of one part of one image.
typedef struct {
    ptrdiff_t image, part, head;
} ck_head_place;

/// Rows `begin ..< end` of one head, normalised and rotated, into `rows` = [tokens, size].
void ck_heads_gather(const ck_heads *heads, const ck_head_place *place, const float *qkv, float *rows, ptrdiff_t begin, ptrdiff_t end);

/// One head's share of dqkv from the gradient of what `ck_heads_gather` made, [tokens, size]. `weight_sum`: [size] (overwritten)
/// receives the share of the weight's gradient, or NULL.
void ck_heads_scatter(const ck_heads *heads, const ck_head_place *place, const float *qkv, const float *gradient, float *dqkv,
                      bool accumulate, float *weight_sum);

#endif
