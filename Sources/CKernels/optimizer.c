#include "ck_optimizer.h"
#include "kernel.h"

// The common case: one average, everything in one sweep.
CK_INLINE void sweep(const ck_adamw *step, float *CK_RESTRICT p, float *CK_RESTRICT m, float *CK_RESTRICT v,
                     const float *CK_RESTRICT g, float *CK_RESTRICT e, ptrdiff_t begin, ptrdiff_t end) {
    const float c = step->gradient_scale, kept = step->kept, beta1 = step->beta1, beta2 = step->beta2, rate = step->rate,
                inverse_root = step->inverse_root, epsilon = step->epsilon, decay = step->decays[0];
    if (e) {
        CK_VECTOR
        for (ptrdiff_t i = begin; i < end; i++) {
            const float gradient = c * g[i];
            const float first = beta1 * m[i] + (1.0f - beta1) * gradient;
            const float second = beta2 * v[i] + (1.0f - beta2) * (gradient * gradient);
            const float parameter = kept * p[i] - rate * first / (__builtin_elementwise_sqrt(second) * inverse_root + epsilon);
            m[i] = first;
            v[i] = second;
            p[i] = parameter;
            e[i] = decay * e[i] + (1.0f - decay) * parameter;
        }
    } else {
        CK_VECTOR
        for (ptrdiff_t i = begin; i < end; i++) {
            const float gradient = c * g[i];
            const float first = beta1 * m[i] + (1.0f - beta1) * gradient;
            const float second = beta2 * v[i] + (1.0f - beta2) * (gradient * gradient);
            m[i] = first;
            v[i] = second;
            p[i] = kept * p[i] - rate * first / (__builtin_elementwise_sqrt(second) * inverse_root + epsilon);
        }
    }
}

CK_INLINE void average(float decay, const float *CK_RESTRICT p, float *CK_RESTRICT e, ptrdiff_t begin, ptrdiff_t end) {
    CK_VECTOR
    for (ptrdiff_t i = begin; i < end; i++) e[i] = decay * e[i] + (1.0f - decay) * p[i];
}

CK_KERNEL void ck_adamw_step(const ck_adamw *step, float *p, float *m, float *v, const float *g, float *const *averages,
                             ptrdiff_t begin, ptrdiff_t end) {
    // Further averages follow block by block while the parameters are in the first-level cache.
    const ptrdiff_t block = 1024;
    for (ptrdiff_t first = begin; first < end; first += block) {
        const ptrdiff_t last = ck_min(first + block, end);
        sweep(step, p, m, v, g, step->average_count > 0 ? averages[0] : NULL, first, last);
        for (ptrdiff_t i = 1; i < step->average_count; i++) average(step->decays[i], p, averages[i], first, last);
    }
}
