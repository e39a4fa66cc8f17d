// Rotation of adjacent pairs (RoFormer, arXiv:2104.09864) in a unit of four elements.

vec4 rotated(vec4 x, vec4 cosine, vec4 sine) { return x * cosine + vec4(-x.y, x.x, -x.w, x.z) * sine; }

/// The adjoint of `rotated`.
vec4 unrotated(vec4 dy, vec4 cosine, vec4 sine) {
    const vec4 turned = dy * sine;
    return dy * cosine + vec4(turned.y, -turned.x, turned.w, -turned.z);
}
