// The whole C interface: straight-line loops over contiguous float32 rows, and the register-tiled
// attention micro-kernels. One source body is compiled at three instruction-set levels and chosen once.
//
// Contract of every kernel: no allocation, no threads, no I/O, no global state; any length, any alignment;
// NaN and infinity propagate as IEEE 754 arithmetic would; `_Nonnull` pointers may be dangling only when the length is 0.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

#include "ck_attention.h"
#include "ck_gemm.h"
#include "ck_images.h"
#include "ck_peak.h"
#include "ck_rows.h"

/// Instruction-set levels, in rising order.
typedef enum ck_level { CK_LEVEL_PORTABLE = 0, CK_LEVEL_AVX2 = 1, CK_LEVEL_AVX512 = 2 } ck_level;

/// All kernels of one level.
typedef struct ck_kernels {
  ck_level level;
  ck_rows rows;
  ck_attention attention;
  ck_gemm gemm;
  ck_peak peak;
  ck_images images;
} ck_kernels;

/// Kernels that multiply bfloat16 and sum in float32; what they read and write is float32.
typedef struct ck_bfloat16 {
  ck_attention attention;
  /// `multiply_add` multiplies bfloat16.
  ck_peak peak;
} ck_bfloat16;

/// The highest level that this CPU (and this build) can run.
ck_level ck_best_level(void);

/// The kernels of `level`; a level above `ck_best_level()` answers with the best one.
const ck_kernels *_Nonnull ck_kernels_at(ck_level level);

/// The bfloat16 kernels of `level`; NULL where the level, or this CPU, has no instructions for them.
const ck_bfloat16 *_Nullable ck_bfloat16_at(ck_level level);

/// Per-thread overrides, for tests that visit every level and thread count: -1 means "not overridden".
int ck_thread_level_override(void);
int ck_thread_count_override(void);
void ck_set_thread_overrides(int level, int threads);
/// Likewise for the matrix backend (a raw value of Tensor's `MatrixBackend`).
int ck_thread_backend_override(void);
void ck_set_thread_backend_override(int backend);

/// Tells the CPU that the thread waits in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
