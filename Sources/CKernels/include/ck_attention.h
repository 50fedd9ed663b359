// Attention micro-kernels: one tile of query rows against a range of keys, with an online softmax.
#ifndef CK_ATTENTION_H
#define CK_ATTENTION_H

#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct ck_attention {
  /// Query rows that one forward tile holds (a multiple of the vector width).
  int64_t tile_rows;
} ck_attention;

#pragma clang assume_nonnull end

#endif
