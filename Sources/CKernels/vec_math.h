// Elementary functions over `vf`, written once for every level. Included at the end of each vec_<level>.h.

/// 2^x. Relative error at most 2 ulp on [-126, 127]; below -126 the result is 0 (subnormals are flushed), above 128
/// it is +infinity; NaN propagates.
VEC_INLINE vf vexp2(vf x) {
  const vf magic = vset(12582912.0f);  // 1.5·2^23: adding it rounds to an integer held in the low mantissa bits
  vf clamped = vmin(vset(128.0f), vmax(vset(-127.0f), x));
  vf shifted = clamped + magic;
  vf f = clamped - (shifted - magic);  // in [-0.5, 0.5]
  vi n = (vi)shifted - (vi)magic;
  vf p = vset(1.535336188319500e-4f);
  p = vfma(p, f, vset(1.339887440266574e-3f));
  p = vfma(p, f, vset(9.618437357674640e-3f));
  p = vfma(p, f, vset(5.550332471162809e-2f));
  p = vfma(p, f, vset(2.402264791363012e-1f));
  p = vfma(p, f, vset(6.931472028550421e-1f));
  p = vfma(p, f, vset(1.0f));
  // Two half-size scalings keep the exponent arithmetic in range at both ends.
  vi half = n >> 1;
  vf scaled = p * (vf)((half + 127) << 23) * (vf)((n - half + 127) << 23);
  return vselect(x < vset(-126.0f), vset(0.0f), vselect(x == x, scaled, x));
}

/// All bits set where `x` is neither infinite nor NaN.
VEC_INLINE vi vec_is_finite(vf x) { return (x - x) == vset(0.0f); }

/// e^x, by `vexp2(x·log2 e)` with the product's rounding error carried along.
VEC_INLINE vf vexp(vf x) {
  const vf high = vset(1.44269502162933349609375f), low = vset(1.925963033500011e-8f);
  vf y = x * high;
  vf error = vfma(x, high, -y);  // 0 without a fused multiply-add
  error = vfma(x, low, error);
  vf e = vexp2(y);
  return vselect(vec_is_finite(error), vfma(e, error * vset(0.693147182464599609375f), e), e);
}
