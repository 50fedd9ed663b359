// Loops over one row of floats for the kernels of rows.inc: full vectors first, then one partial vector.
#ifndef VEC_ROW_H
#define VEC_ROW_H

typedef uint32_t vu __attribute__((vector_size(VEC_LANES * 4)));
typedef uint16_t vh __attribute__((vector_size(VEC_LANES * 2)));

/// Runs the body for each vector of a row of `n`: `i` is its first index, `left` its number of elements. In the main
/// loop `left` is the constant VEC_LANES, so that `vget` and `vput` become plain loads and stores.
#define VEC_ROW(n, ...)                            \
  do {                                             \
    const int64_t row_length = (n);                \
    int64_t i = 0;                                 \
    for (; i + VEC_LANES <= row_length; i += VEC_LANES) { \
      const int64_t left = VEC_LANES;              \
      __VA_ARGS__                                  \
    }                                              \
    if (i < row_length) {                          \
      const int64_t left = row_length - i;         \
      __VA_ARGS__                                  \
    }                                              \
  } while (0)

#define VEC_ROW_STEP(number, ...)                        \
  {                                                      \
    const int64_t i = first + (number) * VEC_LANES, left = VEC_LANES; \
    enum { k = (number) };                               \
    __VA_ARGS__                                          \
  }

/// `VEC_ROW` for reductions: in addition `k` runs over 0…3, the index of an independent accumulator.
#define VEC_ROW4(n, ...)                                               \
  do {                                                                 \
    const int64_t row_length = (n);                                    \
    int64_t first = 0;                                                 \
    for (; first + 4 * VEC_LANES <= row_length; first += 4 * VEC_LANES) { \
      VEC_ROW_STEP(0, __VA_ARGS__)                                     \
      VEC_ROW_STEP(1, __VA_ARGS__)                                     \
      VEC_ROW_STEP(2, __VA_ARGS__)                                     \
      VEC_ROW_STEP(3, __VA_ARGS__)                                     \
    }                                                                  \
    for (; first + VEC_LANES <= row_length; first += VEC_LANES) VEC_ROW_STEP(0, __VA_ARGS__) \
    if (first < row_length) {                                          \
      const int64_t i = first, left = row_length - first;              \
      enum { k = 1 };                                                  \
      __VA_ARGS__                                                      \
    }                                                                  \
  } while (0)

/// Four zeroed accumulators, and their sum.
#define VEC_ZERO4 {vset(0), vset(0), vset(0), vset(0)}
VEC_INLINE float vsum4(const vf a[4]) { return vsum((a[0] + a[1]) + (a[2] + a[3])); }

/// The next `left` elements, zeros beyond them.
VEC_INLINE vf vget(const float *p, int64_t left) { return left >= VEC_LANES ? vload(p) : vload_tail(p, left); }
/// Writes the first `left` elements.
VEC_INLINE void vput(float *p, vf x, int64_t left) {
  if (left >= VEC_LANES)
    vstore(p, x);
  else
    vstore_tail(p, x, left);
}
/// `x` in the first `left` lanes, `fill` beyond them.
VEC_INLINE vf vkeep(vf x, vf fill, int64_t left) {
  if (left >= VEC_LANES) return x;
  vi lane;
  for (int j = 0; j < VEC_LANES; j++) lane[j] = j;
  return vselect(lane < (vi){0} + (int32_t)left, x, fill);
}
/// Writes `x` (`beta == 0`; the destination is not read) or `beta·destination + x`.
VEC_INLINE void vaccumulate(float *p, vf x, float beta, int64_t left) {
  vput(p, beta == 0 ? x : vfma(vset(beta), vget(p, left), x), left);
}

#endif
