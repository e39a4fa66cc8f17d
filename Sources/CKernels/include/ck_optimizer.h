// One pass of AdamW and of exponential moving averages.
#ifndef CK_OPTIMIZER_H
#define CK_OPTIMIZER_H

#include <stddef.h>

enum { ck_maximum_averages = 8 };

typedef struct {
    float gradient_scale; // c
    float kept;           // 1 − ηλ
    float beta1, beta2;
    float rate;              // η / (1 − β₁ᵏ)
    float inverse_root;      // 1 / √(1 − β₂ᵏ)
    float epsilon;
    ptrdiff_t average_count; // at most ck_maximum_averages
    float decays[ck_maximum_averages];
} ck_adamw;

/// Elements `begin ..< end`: with g ← c·g: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← (1−ηλ)p − rate · m / (√v · inverse_root + ε),
/// then eᵢ ← dᵢeᵢ + (1−dᵢ)p.
void ck_adamw_step(const ck_adamw *step, float *p, float *m, float *v, const float *g, float *const *averages, ptrdiff_t begin,
                   ptrdiff_t end);

#endif
