// Matrix products of bfloat16 through oneDNN, which is loaded when it is first asked for: a machine without it, and a
// build without its headers, still have everything else.
#ifndef CONEDNN_H
#define CONEDNN_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// One product C = A·B + beta·C: element (i, p) of A is `a[i·a_row + p·a_column]`, (p, j) of B likewise, C is row-major
/// float32, all sizes are at least 1. One of the strides of each operand is 1.
typedef struct odn_product {
  int64_t m, n, k;
  const uint16_t *a, *b;
  int64_t a_row, a_column, b_row, b_column;
  float *c;
  int64_t c_row;
  /// With 0, C is not read.
  float beta;
} odn_product;

/// NULL if products can run, otherwise why not: a phrase for a message. Loads the library at its first call.
const char *_Nullable odn_missing(void);

/// The library's version, such as "2.6.3"; "none" without it.
const char *odn_version(void);

/// Computes a product on the calling thread. Answers with 0, or with oneDNN's status if it fails.
///
/// `odn_missing()` must have answered with NULL.
int odn_multiply(const odn_product *product);

#pragma clang assume_nonnull end

#endif
