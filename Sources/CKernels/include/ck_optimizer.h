// One pass of AdamW and of exponential moving averages.
#ifndef CK_OPTIMIZER_H
#define CK_OPTIMIZER_H

#include <stddef.h>

/// An exponential moving average: kept · old + added · new. Both are given, because 1 − kept has lost its digits in float.
typedef struct {
    float kept;
    float added;
} ck_blend;

typedef struct {
    float gradient_scale; // c
    float kept;           // 1 − ηλ
    ck_blend first;       // β₁, 1 − β₁
    ck_blend second;      // β₂, 1 − β₂
    float rate;           // η / (1 − β₁ᵏ)
    float inverse_root;   // 1 / √(1 − β₂ᵏ)
    float epsilon;
    ptrdiff_t average_count;
    const ck_blend *averages; // [average_count]
} ck_adamw;

/// Elements `begin ..< end`: with g ← c·g: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← (1−ηλ)p − rate · m / (√v · inverse_root + ε),
/// then eᵢ ← dᵢeᵢ + (1−dᵢ)p.
void ck_adamw_step(const ck_adamw *step, float *p, float *m, float *v, const float *g, float *const *averages, ptrdiff_t begin,
                   ptrdiff_t end);

#endif
