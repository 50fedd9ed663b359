// The attention kernels with products of bfloat16, for AVX-512 with BF16. The target attribute, not a build flag, allows
// the instructions.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), apply_to = function)
#include "vec_avx512.h"

#define ATTENTION_BFLOAT16
#include "CKernels.h"
#include "attention.inc"
#include "peak.inc"

const ck_bfloat16 ck_bfloat16_avx512 = {.attention = CK_ATTENTION_TABLE, .peak = CK_PEAK_TABLE};
#pragma clang attribute pop
#endif
