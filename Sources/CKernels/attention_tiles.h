// Attention in tiles that stay in registers, for processors with 512-bit ones.
#ifndef ATTENTION_TILES_H
#define ATTENTION_TILES_H

#include "ck_attention.h"

/// Whether this processor and these sizes have it.
bool ck_attention_has_tiles(const ck_attention *attention);

/// Rows of queries that a task of the forward pass takes at most: keys are laid out anew for each task.
enum { ck_attention_tiles_block = 504 };

/// Floats of scratch, forward and backward.
ptrdiff_t ck_attention_tiles_scratch(const ck_attention *attention);
ptrdiff_t ck_attention_gradient_scratch(const ck_attention *attention);

/// Query rows `begin ..< end` of one image and head, whose first rows the pointers name; `mask` and `log_sum_exp` may be NULL.
void ck_attention_forward_tiles(const ck_attention *attention, const float *queries, const float *key, const float *value,
                                const float *mask, float *result, float *log_sum_exp, float *scratch, ptrdiff_t begin,
                                ptrdiff_t end);

/// What the gradient of one image and head reads and writes, by the first rows.
typedef struct {
    const float *queries, *key, *value, *result, *dresult;
    const float *mask; // or NULL
    const float *log_sum_exp;
    float *dqueries, *dkey, *dvalue; // or NULL
    ck_attention_modes accumulates;
} ck_attention_head;

/// All queries and keys of one image and head.
void ck_attention_backward_tiles(const ck_attention *attention, const ck_attention_head *head, float *scratch);

#endif
