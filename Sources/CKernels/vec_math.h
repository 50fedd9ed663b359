// Elementary functions over `vf`, written once for every level. Included at the end of each vec_<level>.h.
// The polynomials are minimax fits (errors of 2e-9 to 4e-8 before rounding) of Scripts/fit-elementary.py;
// Tests/TensorTests/ElementaryFunctionTests.swift sweeps every function at every level and holds the bounds stated here.

/// 1.5·2^23: adding it to |x| < 2^22 rounds x to an integer, held in the low mantissa bits of the sum.
#define VEC_ROUNDING_MAGIC 12582912.0f

/// p·2^k for the integer k = shifted − VEC_ROUNDING_MAGIC, |k| ≤ 252; results below 2^-126 are unspecified.
VEC_INLINE vf vec_scale(vf p, vf shifted) {
#ifdef VEC_HAS_SCALE
  return vec_scale_native(p, shifted - vset(VEC_ROUNDING_MAGIC));
#else
  // Two half-size scalings keep the exponent arithmetic in range at both ends.
  vi k = (vi)shifted - (vi)vset(VEC_ROUNDING_MAGIC), half = k >> 1;
  return p * (vf)((half + 127) << 23) * (vf)((k - half + 127) << 23);
#endif
}

/// All bits set where `x` is neither infinite nor NaN.
VEC_INLINE vi vec_is_finite(vf x) { return (x - x) == vset(0.0f); }

/// 2^x. Error at most 1.3 ulp on [-126, 128); below -126 the result is 0 (subnormals are flushed), from 128 on it is
/// +infinity; NaN propagates.
VEC_INLINE vf vexp2(vf x) {
  vf clamped = vmin(vset(128.0f), vmax(vset(-127.0f), x));
  vf shifted = clamped + vset(VEC_ROUNDING_MAGIC);
  vf f = clamped - (shifted - vset(VEC_ROUNDING_MAGIC));  // in [-0.5, 0.5]
  vf p = vset(1.535325812269e-4f);
  p = vfma(p, f, vset(1.339900341042e-3f));
  p = vfma(p, f, vset(9.618438600153e-3f));
  p = vfma(p, f, vset(5.550332163084e-2f));
  p = vfma(p, f, vset(2.402264789690e-1f));
  p = vfma(p, f, vset(6.931472029849e-1f));
  p = vfma(p, f, vset(1.0f));
  return vselect(x < vset(-126.0f), vset(0.0f), vec_scale(p, shifted));
}

/// e^x. Error at most 1.1 ulp where the result is normal; below log(2^-126) = -87.33654… it is 0 (subnormals are
/// flushed), above log(FLT_MAX) = 88.72283… it is +infinity; NaN propagates.
VEC_INLINE vf vexp(vf x) {
  vf clamped = vmin(vset(89.0f), vmax(vset(-88.0f), x));
  vf shifted = vfma(clamped, vset(1.44269504088896f), vset(VEC_ROUNDING_MAGIC));
  vf k = shifted - vset(VEC_ROUNDING_MAGIC);
  // log 2 in two parts, the first of 9 bits: k·high is exact, so that no fused multiply-add is needed.
  vf r = vfma(k, vset(-0.693359375f), clamped);
  r = vfma(k, vset(2.12194440054690583e-4f), r);
  vf p = vset(1.381432069969e-3f);
  p = vfma(p, r, vset(8.368851067673e-3f));
  p = vfma(p, r, vset(4.166840108127e-2f));
  p = vfma(p, r, vset(1.666651952408e-1f));
  p = vfma(p, r, vset(4.999999337310e-1f));
  p = vfma(p, r * r, r) + vset(1.0f);
  return vselect(x < vset(-87.33654f), vset(0.0f), vec_scale(p, shifted));
}

VEC_INLINE vf vec_abs(vf x) { return (vf)((vi)x & 0x7fffffff); }

/// 1 / (1 + e^-x), and `rest` = 1 / (1 + e^x) without the cancellation of a difference from 1. Errors of at most 3 ulp
/// where the result is normal.
VEC_INLINE vf vsigmoid(vf x, vf *rest) {
  vf e = vexp(-vec_abs(x));
  vf large = vset(1.0f) / (vset(1.0f) + e), small = e * large;
  vi negative = x < vset(0.0f);
  *rest = vselect(negative, large, small);
  return vselect(negative, small, large);
}

/// The odd polynomial of erf, for |z| ≤ 0.9.
VEC_INLINE vf vec_erf_near(vf z) {
  vf s = z * z;
  vf p = vset(-6.090361068009e-4f);
  p = vfma(p, s, vset(5.011963030748e-3f));
  p = vfma(p, s, vset(-2.677890905751e-2f));
  p = vfma(p, s, vset(1.128214081572e-1f));
  p = vfma(p, s, vset(-3.761252327656e-1f));
  p = vfma(p, s, vset(1.283791537971e-1f));
  return vfma(p, z, z);  // the leading coefficient 2/√π = 1 + 0.128… keeps its last bits this way
}

/// erfc(a) = e^-q(a) for a ≥ 0.9, q a polynomial; 0 from a = 10 on.
VEC_INLINE vf vec_erfc_far(vf a) {
  a = vmin(vset(10.0f), a);
  vf q = vset(8.713376264079e-8f);
  q = vfma(q, a, vset(-3.457421976221e-6f));
  q = vfma(q, a, vset(6.223170617109e-5f));
  q = vfma(q, a, vset(-6.763456073966e-4f));
  q = vfma(q, a, vset(4.995361600382e-3f));
  q = vfma(q, a, vset(-2.685003235878e-2f));
  q = vfma(q, a, vset(1.105436693428e-1f));
  q = vfma(q, a, vset(6.315592798372e-1f));
  q = vfma(q, a, vset(1.130289923081f));
  q = vfma(q, a, vset(-3.152494553951e-4f));
  return vexp(-q);
}

/// erf(z). Error at most 1.6 ulp; NaN propagates.
VEC_INLINE vf verf(vf z) {
  vf a = vec_abs(z), far = vset(1.0f) - vec_erfc_far(a);
  far = (vf)(((vi)far & 0x7fffffff) | ((vi)z & (vi)vset(-0.0f)));
  return vselect(a < vset(0.9f), vec_erf_near(z), far);
}

/// 1 + erf(z), without the cancellation at negative z: relative error at most 3e-6 for z ≥ -6; NaN propagates.
VEC_INLINE vf verf_plus_one(vf z) {
  vf a = vec_abs(z), tail = vec_erfc_far(a);
  vf far = vselect(z < vset(0.0f), tail, vset(2.0f) - tail);
  return vselect(a < vset(0.9f), vset(1.0f) + vec_erf_near(z), far);
}
