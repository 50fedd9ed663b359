// Shuffles, sums of several vectors and the exponential that register tiles need, over the vocabulary of vec_<level>.h.
#ifndef VEC_TILE_H
#define VEC_TILE_H

#define VEC_UNROLL _Pragma("clang loop unroll(full)")

#if VEC_LANES == 16
#define VEC_ZIP_LO(a, b)                                                                           \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define VEC_ZIP_HI(a, b)                                                                           \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
// Pairs, then quadruples, within each group of four lanes: one instruction each.
#define VEC_PAIR_LO(a, b)                                                                          \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define VEC_PAIR_HI(a, b)                                                                          \
  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define VEC_QUAD_LO(a, b)                                                                          \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define VEC_QUAD_HI(a, b)                                                                          \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#elif VEC_LANES == 8
#define VEC_ZIP_LO(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define VEC_ZIP_HI(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define VEC_PAIR_LO(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define VEC_PAIR_HI(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define VEC_QUAD_LO(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define VEC_QUAD_HI(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#else
#define VEC_ZIP_LO(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define VEC_ZIP_HI(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define VEC_PAIR_LO VEC_ZIP_LO
#define VEC_PAIR_HI VEC_ZIP_HI
#define VEC_QUAD_LO(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define VEC_QUAD_HI(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#endif

VEC_INLINE vi vload_int(const int32_t *p) {
  vi x;
  memcpy(&x, p, sizeof x);
  return x;
}

/// The transpose of a square of VEC_LANES vectors, in place.
VEC_INLINE void vtranspose(vf r[VEC_LANES]) {
  VEC_UNROLL for (int step = 1; step < VEC_LANES; step *= 2) {
    vf t[VEC_LANES];
    VEC_UNROLL for (int i = 0; i < VEC_LANES / 2; i++) {
      t[2 * i] = VEC_ZIP_LO(r[i], r[i + VEC_LANES / 2]);
      t[2 * i + 1] = VEC_ZIP_HI(r[i], r[i + VEC_LANES / 2]);
    }
    VEC_UNROLL for (int i = 0; i < VEC_LANES; i++) r[i] = t[i];
  }
}

typedef float vq __attribute__((vector_size(16)));

/// Lane i is the sum of the lanes of x[i], for four vectors.
VEC_INLINE vq vsums4(const vf x[4]) {
  vf ab = VEC_PAIR_LO(x[0], x[1]) + VEC_PAIR_HI(x[0], x[1]);
  vf cd = VEC_PAIR_LO(x[2], x[3]) + VEC_PAIR_HI(x[2], x[3]);
  vf sums = VEC_QUAD_LO(ab, cd) + VEC_QUAD_HI(ab, cd);
#if VEC_LANES == 16
  typedef float half __attribute__((vector_size(32)));
  half folded = __builtin_shufflevector(sums, sums, 0, 1, 2, 3, 4, 5, 6, 7) +
                __builtin_shufflevector(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15);
#else
  vf folded = sums;
#endif
#if VEC_LANES >= 8
  return __builtin_shufflevector(folded, folded, 0, 1, 2, 3) + __builtin_shufflevector(folded, folded, 4, 5, 6, 7);
#else
  return folded;
#endif
}

/// The lanes of `x` from the fourth on, and then those of `four`: VEC_LANES / 4 calls build a vector in order.
VEC_INLINE vf vpush4(vf x, vq four) {
#if VEC_LANES == 16
  const vf wide = __builtin_shufflevector(four, four, 0, 1, 2, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  return __builtin_shufflevector(x, wide, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
#elif VEC_LANES == 8
  const vf wide = __builtin_shufflevector(four, four, 0, 1, 2, 3, -1, -1, -1, -1);
  return __builtin_shufflevector(x, wide, 4, 5, 6, 7, 8, 9, 10, 11);
#else
  return four;
#endif
}

/// `x` in the first n lanes, `other` in the rest.
VEC_INLINE vf vfirst(int64_t n, vf x, vf other) {
  vi lane;
  for (int i = 0; i < VEC_LANES; i++) lane[i] = i;
  return vselect(lane < (vi){} + (int32_t)n, x, other);
}

/// out[i] = the largest lane of x[i], for four vectors.
VEC_INLINE void vmaxes4(const vf x[4], float *out) {
  vf ab = vmax(VEC_PAIR_LO(x[0], x[1]), VEC_PAIR_HI(x[0], x[1]));
  vf cd = vmax(VEC_PAIR_LO(x[2], x[3]), VEC_PAIR_HI(x[2], x[3]));
  vf all = vmax(VEC_QUAD_LO(ab, cd), VEC_QUAD_HI(ab, cd));
#if VEC_LANES == 16
  all = vmax(all, __builtin_shufflevector(all, all, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  all = vmax(all, __builtin_shufflevector(all, all, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
#elif VEC_LANES == 8
  all = vmax(all, __builtin_shufflevector(all, all, 4, 5, 6, 7, 0, 1, 2, 3));
#endif
  memcpy(out, &all, 4 * sizeof(float));
}

/// 2^x for x ≤ 127, relative error at most 2 ulp; below -126.5 the result is 0; NaN propagates.
/// The short form of `vexp2` for softmax, where the argument is a difference to a maximum.
VEC_INLINE vf vexp2_bounded(vf x) {
  // 1.5·2^23 + 127: the sum's low mantissa bits hold the rounded x plus the exponent bias, ready to be shifted up.
  const vf magic = vset(12583039.0f);
  vf clamped = vmax(vset(-127.0f), x);
  vf shifted = clamped + magic;
  vf f = clamped - (shifted - magic);  // in [-0.5, 0.5]
  vf p = vset(1.326472731e-3f);
  p = vfma(p, f, vset(9.671512991e-3f));
  p = vfma(p, f, vset(5.550733581e-2f));
  p = vfma(p, f, vset(2.402224243e-1f));
  p = vfma(p, f, vset(6.931470037e-1f));
  p = vfma(p, f, vset(1.0f));
  return p * (vf)((vi)shifted << 23);
}

/// 2^x for any x, relative error at most 1.5e-7; 0 below -126.5, ∞ from 128 on, NaN propagates. The form for arguments
/// that are only expected to be small: as short as the instruction set allows.
VEC_INLINE vf vexp2_open(vf x) {
#if VEC_LANES == 16
  vf f = (vf)_mm512_reduce_ps((__m512)x, 0x9);  // x - ⌊x⌋
  vf p = vset(1.867130050e-3f);
  p = vfma(p, f, vset(9.017030708e-3f));
  p = vfma(p, f, vset(5.579991266e-2f));
  p = vfma(p, f, vset(2.401644439e-1f));
  p = vfma(p, f, vset(6.931512952e-1f));
  p = vfma(p, f, vset(1.0f));
  return (vf)_mm512_scalef_ps((__m512)p, (__m512)x);  // p·2^⌊x⌋
#else
  return vexp2_bounded(vmin(vset(128.0f), x));
#endif
}
#endif
