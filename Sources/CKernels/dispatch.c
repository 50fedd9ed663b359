// One CPU check, then a constant table per level.
#include "CKernels.h"

#include <stddef.h>

extern const ck_kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2, ck_kernels_avx512;
extern const ck_bfloat16 ck_bfloat16_avx512;
#endif

ck_level ck_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    return CK_LEVEL_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_LEVEL_AVX2;
#endif
  return CK_LEVEL_PORTABLE;
}

const ck_kernels *ck_kernels_at(ck_level level) {
#if defined(__x86_64__)
  ck_level best = ck_best_level();
  if (level > best) level = best;
  if (level == CK_LEVEL_AVX512) return &ck_kernels_avx512;
  if (level == CK_LEVEL_AVX2) return &ck_kernels_avx2;
#endif
  return &ck_kernels_portable;
}

const ck_bfloat16 *ck_bfloat16_at(ck_level level) {
#if defined(__x86_64__)
  if (level == CK_LEVEL_AVX512 && ck_best_level() == level && __builtin_cpu_supports("avx512bf16"))
    return &ck_bfloat16_avx512;
#endif
  return NULL;
}

static _Thread_local int level_override = -1, count_override = -1, backend_override = -1;

int ck_thread_level_override(void) { return level_override; }
int ck_thread_count_override(void) { return count_override; }
void ck_set_thread_overrides(int level, int threads) {
  level_override = level;
  count_override = threads;
}
int ck_thread_backend_override(void) { return backend_override; }
void ck_set_thread_backend_override(int backend) { backend_override = backend; }
