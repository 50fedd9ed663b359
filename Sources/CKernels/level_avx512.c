// The kernels for AVX-512. The target attribute, not a build flag, allows the instructions.
#if defined(__x86_64__)
#define CK_LEVEL CK_LEVEL_AVX512
#include <immintrin.h>
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#include "vec_avx512.h"

#include "level.inc"
#pragma clang attribute pop
#endif
