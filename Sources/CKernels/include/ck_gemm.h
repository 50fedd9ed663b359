// Matrix-product kernels over row-major float32: packing into panels, one block of a product, and rows of dot products.
// Blocking over caches and threads is the caller's. For every kernel, an element of C is the same sequence of
// operations over k whatever tile, block or operand layout it falls into, so results do not depend on the split.
#ifndef CK_GEMM_H
#define CK_GEMM_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// How the left operand of a block lies in memory; element (i, p) of `m`×`k`.
typedef enum ck_gemm_layout {
  /// `a[i·stride + p]`.
  CK_GEMM_ROWS = 0,
  /// `a[p·stride + i]`: used transposed.
  CK_GEMM_COLUMNS = 1,
  /// The output of `pack_left`.
  CK_GEMM_PACKED = 2
} ck_gemm_layout;

/// Memory that a later block will read: `rows` rows of `columns` floats at `base + row·stride`. Only a hint.
typedef struct ck_gemm_ahead {
  const float *_Nullable base;
  int64_t stride, rows, columns;
} ck_gemm_ahead;

/// One block of C = alpha·A·B + beta·C.
typedef struct ck_gemm_block {
  int64_t m, n, k;
  float alpha;
  /// With 0, C is not read.
  float beta;
  const float *a;
  int64_t a_stride;
  ck_gemm_layout a_layout;
  const float *b;
  /// 0: `b` is the output of a pack for the same `k` and `n`. Otherwise element (p, j) is `b[p·b_stride + j]`, and `n`
  /// must be a multiple of `lanes`.
  int64_t b_stride;
  float *c;
  int64_t c_stride;
  /// Fetched into the second-level cache while the block is computed.
  ck_gemm_ahead ahead_right, ahead_left;
} ck_gemm_block;

typedef struct ck_gemm {
  /// Rows of a tile: blocks of a packed left operand start at multiples of it.
  int64_t tile_rows;
  /// Columns of a tile: blocks of a packed right operand start at multiples of it.
  int64_t tile_columns;
  /// Floats of a vector: packed right operands are padded to multiples of it.
  int64_t lanes;
  /// Packs B, element (p, j) at `b[p·stride + j]`, into `k`·⌈n / lanes⌉·lanes floats.
  void (*_Nonnull pack_right)(const float *b, int64_t stride, int64_t k, int64_t n, float *panels);
  /// Packs B, element (p, j) at `b[j·stride + p]`, likewise.
  void (*_Nonnull pack_right_transposed)(const float *b, int64_t stride, int64_t k, int64_t n, float *panels);
  /// Packs A, element (i, p) at `a[p·stride + i]`, into `k`·⌈m / tile_rows⌉·tile_rows floats.
  void (*_Nonnull pack_left)(const float *a, int64_t stride, int64_t k, int64_t m, float *panels);
  /// Computes a block; `k` may be 0.
  void (*_Nonnull multiply)(const ck_gemm_block *block);
  /// `c[i·c_row + j·c_column] = alpha·Σ_p w[i·w_stride + p]·x[j·x_stride + p] + beta·c[…]` for `rows` rows of `w` and
  /// `count` vectors `x`: products bound by reading `w` once. With beta 0, C is not read.
  void (*_Nonnull dots)(const float *w, int64_t w_stride, int64_t rows, const float *x, int64_t x_stride, int64_t count,
                        int64_t k, float alpha, float beta, float *c, int64_t c_row, int64_t c_column);
} ck_gemm;

#pragma clang assume_nonnull end

#endif
