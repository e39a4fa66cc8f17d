// The forward pass of attention in tiles that stay in registers, for processors with 512-bit ones.
#ifndef ATTENTION_TILES_H
#define ATTENTION_TILES_H

#include "ck_attention.h"

/// Whether this processor and these sizes have it.
bool ck_attention_has_tiles(const ck_attention *attention);

/// Rows of queries that a task takes at most: keys are laid out anew for each task.
enum { ck_attention_tiles_block = 504 };

/// Floats of scratch.
ptrdiff_t ck_attention_tiles_scratch(const ck_attention *attention);

/// Query rows `begin ..< end` of one image and head, whose first rows the pointers name; `mask` and `log_sum_exp` may be NULL.
void ck_attention_forward_tiles(const ck_attention *attention, const float *queries, const float *key, const float *value,
                                const float *mask, float *result, float *log_sum_exp, float *scratch, ptrdiff_t begin,
                                ptrdiff_t end);

#endif
