// Distances between images' features, pixels normalised over channels: the stages of LPIPS.
#ifndef CK_FEATURES_H
#define CK_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

/// Features [channels, pixels] of one image; most pixels that a call may be given.
typedef struct {
    ptrdiff_t channels, pixels;
    float epsilon; // added to norms
} ck_features;
enum { ck_features_maximum_pixels = 1024 };

/// Norms over channels of the pixels `begin ..< end`, at most `ck_features_maximum_pixels`, of x and y, and for each channel the sum
/// over these pixels of the squared differences of the normalised features.
///
/// - x_norms, y_norms: of the whole image.
void ck_feature_distance(const ck_features *features, const float *x, const float *y, float *x_norms, float *y_norms, float *sums,
                         ptrdiff_t begin, ptrdiff_t end);

/// The gradient of x for the pixels `begin ..< end` from that of the sums over all pixels; exchange x and y for that of y.
void ck_feature_distance_gradient(const ck_features *features, const float *x, const float *y, const float *x_norms,
                                  const float *y_norms, const float *dsums, float *dx, bool accumulate, ptrdiff_t begin,
                                  ptrdiff_t end);

#endif
