// The vector vocabulary, portable: four lanes, no fused multiply-add (that would be a library call per lane on
// baseline x86-64). clang lowers the vector extension to SSE2, NEON or scalar code.
#ifndef VEC_H
#define VEC_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define VEC_LANES 4
#define VEC_SUFFIX portable

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));

#define VEC_INLINE static inline __attribute__((always_inline))

VEC_INLINE vf vload(const float *p) {
  vf x;
  memcpy(&x, p, sizeof x);
  return x;
}
VEC_INLINE void vstore(float *p, vf x) { memcpy(p, &x, sizeof x); }
/// Other levels store past the caches.
VEC_INLINE void vstream(float *p, vf x) { vstore(p, x); }
VEC_INLINE void vstream_end(void) {}
VEC_INLINE vf vset(float a) { return (vf){a, a, a, a}; }
VEC_INLINE vf vload_tail(const float *p, int64_t n) {
  vf x = vset(0);
  memcpy(&x, p, (size_t)n * sizeof(float));
  return x;
}
VEC_INLINE void vstore_tail(float *p, vf x, int64_t n) { memcpy(p, &x, (size_t)n * sizeof(float)); }
VEC_INLINE vf vfma(vf a, vf b, vf c) { return a * b + c; }
VEC_INLINE vf vselect(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }
/// Larger of two; a NaN in `b` is kept.
VEC_INLINE vf vmax(vf a, vf b) { return vselect(a > b, a, b); }
VEC_INLINE vf vmin(vf a, vf b) { return vselect(a < b, a, b); }
VEC_INLINE vf vsqrt(vf a) {
  for (int i = 0; i < VEC_LANES; i++) a[i] = __builtin_sqrtf(a[i]);
  return a;
}
VEC_INLINE float vsum(vf a) { return (a[0] + a[2]) + (a[1] + a[3]); }
VEC_INLINE float vhmax(vf a) {
  float x = a[0] > a[1] ? a[0] : a[1], y = a[2] > a[3] ? a[2] : a[3];
  return x > y ? x : y;
}

#include "vec_math.h"
#endif
