// The vector vocabulary for AVX2 with FMA: eight lanes.
#ifndef VEC_H
#define VEC_H

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define VEC_LANES 8
#define VEC_SUFFIX avx2

typedef float vf __attribute__((vector_size(32)));
typedef int32_t vi __attribute__((vector_size(32)));

#define VEC_INLINE static inline __attribute__((always_inline))

VEC_INLINE vf vload(const float *p) { return (vf)_mm256_loadu_ps(p); }
VEC_INLINE void vstore(float *p, vf x) { _mm256_storeu_ps(p, (__m256)x); }
/// Stores past the caches to a multiple of a vector's size; `vstream_end` comes before another thread reads it.
VEC_INLINE void vstream(float *p, vf x) { _mm256_stream_ps(p, (__m256)x); }
VEC_INLINE void vstream_end(void) { _mm_sfence(); }
VEC_INLINE vf vset(float a) { return (vf)_mm256_set1_ps(a); }
VEC_INLINE __m256i vec_tail_mask(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
VEC_INLINE vf vload_tail(const float *p, int64_t n) { return (vf)_mm256_maskload_ps(p, vec_tail_mask(n)); }
VEC_INLINE void vstore_tail(float *p, vf x, int64_t n) { _mm256_maskstore_ps(p, vec_tail_mask(n), (__m256)x); }
VEC_INLINE vf vfma(vf a, vf b, vf c) { return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
VEC_INLINE vf vselect(vi mask, vf yes, vf no) {
  return (vf)_mm256_blendv_ps((__m256)no, (__m256)yes, (__m256)mask);
}
/// Larger of two; a NaN in `b` is kept.
VEC_INLINE vf vmax(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
VEC_INLINE vf vmin(vf a, vf b) { return (vf)_mm256_min_ps((__m256)a, (__m256)b); }
VEC_INLINE vf vsqrt(vf a) { return (vf)_mm256_sqrt_ps((__m256)a); }
VEC_INLINE float vsum(vf a) {
  __m128 x = _mm_add_ps(_mm256_castps256_ps128((__m256)a), _mm256_extractf128_ps((__m256)a, 1));
  x = _mm_add_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps(x, x, 1)));
}
VEC_INLINE float vhmax(vf a) {
  __m128 x = _mm_max_ps(_mm256_castps256_ps128((__m256)a), _mm256_extractf128_ps((__m256)a, 1));
  x = _mm_max_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_max_ss(x, _mm_shuffle_ps(x, x, 1)));
}

#include "vec_math.h"
#endif
