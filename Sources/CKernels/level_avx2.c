// The kernels for AVX2 with FMA. The target attribute, not a build flag, allows the instructions.
#if defined(__x86_64__)
#define CK_LEVEL CK_LEVEL_AVX2
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "vec_avx2.h"

#include "level.inc"
#pragma clang attribute pop
#endif
