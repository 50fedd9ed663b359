// What the machine can do at most, measured with the instructions of one level: the denominators of benchmarks.
#ifndef CK_PEAK_H
#define CK_PEAK_H

#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct ck_peak {
  /// Multiply-adds of one iteration of `multiply_add`.
  int64_t multiply_adds;
  /// Independent multiply-adds that never leave the registers; the result depends on all of them.
  float (*_Nonnull multiply_add)(int64_t iterations, float factor, float term);
  /// The sum of `count` floats, a multiple of 1024: memory read once, front to back.
  float (*_Nonnull read)(const float *x, int64_t count);
} ck_peak;

#pragma clang assume_nonnull end
#endif
