// Elementary functions with the accuracy of a host's float library. Vulkan promises for exp and log a few units in the last
// place, for sin and cos an absolute error of 2⁻¹¹ only.

/// e^x: x = n ln 2 + r, |r| ≤ ln 2 / 2, polynomial of r, scaled by 2ⁿ in two steps so that the ends of the range give
/// infinity and 0.
vec4 exactExp(vec4 x) {
    const vec4 limited = clamp(x, -105.0, 90.0);
    const vec4 n = roundEven(limited * 1.44269504088896341);
    precise vec4 r = limited - n * 0.693359375;
    r = r - n * -2.12194440e-4;
    vec4 p = vec4(1.9841270e-4);
    p = p * r + 1.3888889e-3;
    p = p * r + 8.3333333e-3;
    p = p * r + 4.1666668e-2;
    p = p * r + 1.6666667e-1;
    p = p * r + 0.5;
    p = p * (r * r) + r;
    p = p + 1.0;
    const ivec4 exponent = ivec4(n);
    const ivec4 low = exponent >> 1;
    const ivec4 high = exponent - low;
    const vec4 value = p * intBitsToFloat((low + 127) << 23) * intBitsToFloat((high + 127) << 23);
    return mix(value, x, isnan(x));
}

/// ln x: x = m 2ⁿ with m in √½ … √2, polynomial of m − 1. Coefficients: Cephes logf.
vec4 exactLog(vec4 x) {
    // Numbers too small for a normal exponent are scaled up first.
    const bvec4 isSmall = lessThan(x, vec4(1.17549435e-38));
    const vec4 scaled = mix(x, x * 8388608.0, isSmall);
    const ivec4 bits = floatBitsToInt(scaled);
    ivec4 exponent = ((bits >> 23) & 255) - 126 - mix(ivec4(0), ivec4(23), isSmall);
    vec4 m = intBitsToFloat((bits & 0x007fffff) | 0x3f000000);
    const bvec4 isLow = lessThan(m, vec4(0.707106781186547524));
    exponent -= mix(ivec4(0), ivec4(1), isLow);
    m = mix(m - 1.0, (m + m) - 1.0, isLow);
    const vec4 z = m * m;
    vec4 p = vec4(7.0376836292e-2);
    p = p * m - 1.1514610310e-1;
    p = p * m + 1.1676998740e-1;
    p = p * m - 1.2420140846e-1;
    p = p * m + 1.4249322787e-1;
    p = p * m - 1.6668057665e-1;
    p = p * m + 2.0000714765e-1;
    p = p * m - 2.4999993993e-1;
    p = p * m + 3.3333331174e-1;
    const vec4 n = vec4(exponent);
    precise vec4 y = p * m * z;
    y += n * -2.12194440e-4;
    y -= 0.5 * z;
    precise vec4 value = m + y;
    value += n * 0.693359375;
    const float infinity = uintBitsToFloat(0x7f800000u), none = uintBitsToFloat(0x7fc00000u);
    value = mix(value, vec4(-infinity), equal(x, vec4(0)));
    value = mix(value, x, equal(x, vec4(infinity)));
    return mix(value, vec4(none), bvec4(x.x < 0 || isnan(x.x), x.y < 0 || isnan(x.y), x.z < 0 || isnan(x.z), x.w < 0 || isnan(x.w)));
}

/// sin(x + turns · π/2): reduction to ±π/4 in three steps (good to |x| ≈ 8,000), polynomials of Cephes sinf and cosf.
vec4 exactSine(vec4 x, int turns) {
    const vec4 n = roundEven(x * 0.636619772367581343);
    precise vec4 r = x - n * 1.5703125;
    r = r - n * 4.837512969970703125e-4;
    r = r - n * 7.54978995489188216e-8;
    const ivec4 quarter = (ivec4(n) + turns) & 3;
    const vec4 z = r * r;
    const vec4 sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
    const vec4 cosine = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
    const vec4 value = mix(sine, cosine, equal(quarter & 1, ivec4(1)));
    return mix(value, -value, equal(quarter & 2, ivec4(2)));
}

vec4 exactSigmoid(vec4 x) { return 1.0 / (1.0 + exactExp(-x)); }

/// tanh: an odd polynomial near 0 (Cephes tanhf), where the exponential form cancels.
vec4 exactTanh(vec4 x) {
    const vec4 square = x * x;
    vec4 p = vec4(-5.70498872745e-3);
    p = p * square + 2.06390887954e-2;
    p = p * square - 5.37397155531e-2;
    p = p * square + 1.33314422036e-1;
    p = p * square - 3.33332819422e-1;
    const vec4 near = p * square * x + x;
    const vec4 far = sign(x) * (1.0 - 2.0 / (exactExp(2.0 * abs(x)) + 1.0));
    return mix(far, near, lessThan(abs(x), vec4(0.625)));
}

/// erf: x + x P(x²) near 0, else 1 − e^−Q(|x|) with Q fitted to −ln erfc.
vec4 exactErf(vec4 x) {
    const vec4 square = x * x;
    vec4 p = vec4(8.412655e-5);
    p = p * square - 8.1537786e-4;
    p = p * square + 5.2021304e-3;
    p = p * square - 2.6859913e-2;
    p = p * square + 1.12837069e-1;
    p = p * square - 3.7612635e-1;
    p = p * square + 1.28379166e-1;
    const vec4 near = x * p + x;
    const vec4 magnitude = min(abs(x), 4.0); // beyond, erf rounds to 1
    vec4 q = vec4(2.111769e-5);
    q = q * magnitude - 4.3457854e-4;
    q = q * magnitude + 4.1709403e-3;
    q = q * magnitude - 2.5117368e-2;
    q = q * magnitude + 1.08274333e-1;
    q = q * magnitude + 6.3335437e-1;
    q = q * magnitude + 1.12951016;
    q = q * magnitude - 1.734939e-4;
    const vec4 far = sign(x) * (1.0 - exactExp(-q));
    return mix(mix(far, near, lessThan(abs(x), vec4(0.92))), x, isnan(x));
}

/// Of a standard normal variable at x: the probability Φ(x) of being smaller, and the density φ(x).
struct Normal {
    vec4 probability;
    vec4 density;
};

/// Φ(−|x|) = e^(−x²/2) R(u) with u = |x| / (|x| + 1 / 0.33), R fitted to 1.4·10⁻⁸ for |x| ≤ 14.8: the lower tail does not cancel.
Normal normalAt(vec4 x) {
    const vec4 magnitude = min(0.33 * abs(x), 8.0); // beyond, Φ(−|x|) rounds to 0
    const vec4 u = magnitude / (1.0 + magnitude);
    vec4 r = vec4(2.572088773e-2);
    r = r * u - 8.368623296e-2;
    r = r * u + 6.415036149e-2;
    r = r * u + 2.313611822e-2;
    r = r * u + 6.483911203e-2;
    r = r * u - 1.541450159e-1;
    r = r * u - 3.178642921e-1;
    r = r * u + 1.086771473;
    r = r * u - 1.208916292;
    r = r * u + 0.5;
    const vec4 power = exactExp(-0.5 * x * x);
    const vec4 tail = power * r;
    return Normal(mix(1.0 - tail, tail, lessThan(x, vec4(0))), 0.39894228 * power);
}
