#include "ck_optimizer.h"
#include "kernel.h"

/// One element's new parameter; its moments are replaced.
CK_INLINE float adamw(const ck_adamw *step, float p, float *CK_RESTRICT m, float *CK_RESTRICT v, float g) {
    const float gradient = step->gradient_scale * g;
    *m = step->first.kept * *m + step->first.added * gradient;
    *v = step->second.kept * *v + step->second.added * (gradient * gradient);
    return step->kept * p - step->rate * *m / (__builtin_elementwise_sqrt(*v) * step->inverse_root + step->epsilon);
}

/// The common case in one sweep: the step and one average.
CK_INLINE void sweep_averaging(const ck_adamw settings, float *CK_RESTRICT p, float *CK_RESTRICT m, float *CK_RESTRICT v,
                               const float *CK_RESTRICT g, ck_blend blend, float *CK_RESTRICT e, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) {
        const float parameter = adamw(&settings, p[i], &m[i], &v[i], g[i]);
        p[i] = parameter;
        e[i] = blend.kept * e[i] + blend.added * parameter;
    }
}

CK_INLINE void sweep(const ck_adamw settings, float *CK_RESTRICT p, float *CK_RESTRICT m, float *CK_RESTRICT v,
                     const float *CK_RESTRICT g, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) p[i] = adamw(&settings, p[i], &m[i], &v[i], g[i]);
}

CK_INLINE void average(ck_blend blend, const float *CK_RESTRICT p, float *CK_RESTRICT e, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) e[i] = blend.kept * e[i] + blend.added * p[i];
}

CK_KERNEL void ck_adamw_step(const ck_adamw *step, float *p, float *m, float *v, const float *g, float *const *averages,
                             ptrdiff_t begin, ptrdiff_t end) {
    // Further averages follow block by block while the parameters are in the first-level cache.
    const ptrdiff_t block = 1024;
    for (ptrdiff_t first = begin; first < end; first += block) {
        const ptrdiff_t n = ck_min(block, end - first);
        if (step->average_count > 0)
            sweep_averaging(*step, p + first, m + first, v + first, g + first, step->averages[0], averages[0] + first, n);
        else
            sweep(*step, p + first, m + first, v + first, g + first, n);
        for (ptrdiff_t i = 1; i < step->average_count; i++) average(step->averages[i], p + first, averages[i] + first, n);
    }
}
