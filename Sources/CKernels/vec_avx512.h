// The vector vocabulary for AVX-512 F/VL/DQ/BW: sixteen lanes.
#ifndef VEC_H
#define VEC_H

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define VEC_LANES 16
#define VEC_SUFFIX avx512

typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));

#define VEC_INLINE static inline __attribute__((always_inline))

VEC_INLINE vf vload(const float *p) { return (vf)_mm512_loadu_ps(p); }
VEC_INLINE void vstore(float *p, vf x) { _mm512_storeu_ps(p, (__m512)x); }
/// Stores past the caches to a multiple of a vector's size; `vstream_end` comes before another thread reads it.
VEC_INLINE void vstream(float *p, vf x) { _mm512_stream_ps(p, (__m512)x); }
VEC_INLINE void vstream_end(void) { _mm_sfence(); }
VEC_INLINE vf vset(float a) { return (vf)_mm512_set1_ps(a); }
VEC_INLINE __mmask16 vec_tail_mask(int64_t n) { return (__mmask16)((1u << n) - 1u); }
VEC_INLINE vf vload_tail(const float *p, int64_t n) { return (vf)_mm512_maskz_loadu_ps(vec_tail_mask(n), p); }
VEC_INLINE void vstore_tail(float *p, vf x, int64_t n) { _mm512_mask_storeu_ps(p, vec_tail_mask(n), (__m512)x); }
VEC_INLINE vf vfma(vf a, vf b, vf c) { return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
VEC_INLINE vf vselect(vi mask, vf yes, vf no) {
  return (vf)_mm512_mask_blend_ps(_mm512_movepi32_mask((__m512i)mask), (__m512)no, (__m512)yes);
}
/// Larger of two; a NaN in `b` is kept.
VEC_INLINE vf vmax(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
VEC_INLINE vf vmin(vf a, vf b) { return (vf)_mm512_min_ps((__m512)a, (__m512)b); }
VEC_INLINE vf vsqrt(vf a) { return (vf)_mm512_sqrt_ps((__m512)a); }
/// p·2^k for integers k.
#define VEC_HAS_SCALE 1
VEC_INLINE vf vec_scale_native(vf p, vf k) { return (vf)_mm512_scalef_ps((__m512)p, (__m512)k); }
VEC_INLINE float vsum(vf a) { return _mm512_reduce_add_ps((__m512)a); }
VEC_INLINE float vhmax(vf a) { return _mm512_reduce_max_ps((__m512)a); }

#include "vec_math.h"
#endif
