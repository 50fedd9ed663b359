// Row kernels: one table entry per operation over contiguous float32 rows of `n` elements.
#ifndef CK_ROWS_H
#define CK_ROWS_H

#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct ck_rows {
  /// Σ x·y.
  float (*_Nonnull dot)(const float *x, const float *y, int64_t n);
  /// y += a·x. `x` and `y` must not overlap.
  void (*_Nonnull axpy)(float a, const float *x, float *y, int64_t n);
} ck_rows;

#pragma clang assume_nonnull end

#endif
