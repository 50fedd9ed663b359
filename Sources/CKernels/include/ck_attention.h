// Attention kernels: a tile of query rows, or a run of tokens, of one key-value head against all the keys it sees.
//
// Rows are folded: row r = t·G + g stands for token t and query head g of the group, so the G rows of a token are
// contiguous in memory. Softmax runs online in base 2; sequence keys and depth slots share one maximum and one sum.
#ifndef CK_ATTENTION_H
#define CK_ATTENTION_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// One key-value head of one batch entry with its group of query heads. Strides count floats.
typedef struct ck_attention_head {
  /// Token 0, first head of the group, of the queries `[T, G, d]`; the output has the same strides.
  const float *query;
  int64_t query_stride;
  const float *key, *value;
  int64_t key_stride, value_stride;
  /// Queries against the slots; columns of `[T, capacity, d]` from the first visible slot on. Unused without slots.
  const float *_Nullable depth_query;
  const void *_Nullable slot_key, *_Nullable slot_value;
  int64_t slots, slot_stride;
  /// Whether slots are bfloat16, and not float32; strides count numbers. Their gradients are float32.
  int slots_are_bfloat16;
  float *output;
  /// Natural logarithm of the joint softmax denominator, `[G, T]`.
  float *log_sum_exp;
  int64_t group, width, tokens;
  /// Token t sees the keys 0 ..< first_visible + t·visible_step, of these the last `window` (0: all), and of these
  /// the ones from document_begin[t] to before document_end[t]. Neither end of a token's keys lies before that of the
  /// token before it, and every token sees at least one key.
  int64_t first_visible, visible_step, window;
  const int32_t *_Nullable document_begin, *_Nullable document_end;
  /// Keys that a tile visits from its first visible one on, whether a row sees them or not; -1: all; 0: those that some
  /// row sees.
  int64_t scan;
  float scale;
} ck_attention_head;

/// Where the gradients of a head go; the strides are those of the head.
typedef struct ck_attention_gradient {
  const float *output;
  /// Destination = beta·destination + gradient.
  float *query;
  float query_beta;
  /// Sums `[keys, padded width]`, contiguous, added to; `scale` is not yet applied to those of the keys.
  float *key, *value;
  float *_Nullable depth_query;
  float depth_query_beta;
  float *_Nullable slot_key, *_Nullable slot_value;
  /// Whether the slots' gradients are added to; if not, whether they should go past the caches, being too many for them.
  int slots_add, slots_stream;
} ck_attention_gradient;

typedef struct ck_attention {
  /// Folded rows of one register tile.
  int64_t tile_rows;
  /// Folded rows that `forward_block` and `backward_block` take at most: several tiles.
  int64_t forward_rows, backward_rows;
  /// Floats of one vector: the padded width is `width` rounded up to a multiple.
  int64_t lanes;
  /// Floats of 64-byte aligned scratch that any call below needs for a head width.
  int64_t (*_Nonnull scratch_size)(int64_t width);
  /// Output and log-sum-exp of folded rows first ..< first + rows, by register tiles with the rows on vector lanes. A
  /// row's result depends on the rows that it shares a call with in its rounding only, and on those of its register tile
  /// alone. With slots, here and in `backward_block`, the
  /// rows are those of whole tokens.
  void (*_Nonnull forward_block)(const ck_attention_head *head, int64_t first, int64_t rows, float *scratch);
  /// The same of tokens first ..< last, row by row: for few rows, where tiles would be mostly padding.
  void (*_Nonnull forward_tokens)(const ck_attention_head *head, int64_t first, int64_t last, float *scratch);
  /// The gradients of folded rows first ..< first + rows: of the sequence part, and of the depth part before it is
  /// done with the block, so that a shared destination of both queries is first written by the depth part.
  void (*_Nonnull backward_block)(
      const ck_attention_head *head, const ck_attention_gradient *gradient, int64_t first, int64_t rows,
      float *scratch);
  /// The depth part's gradients alone, of tokens first ..< last.
  void (*_Nonnull backward_slots)(
      const ck_attention_head *head, const ck_attention_gradient *gradient, int64_t first, int64_t last,
      float *scratch);
  /// to[row] = beta·to[row] + factor·Σ_p sums[p·part_stride + row·padded width ...] for `rows` rows of `width` floats;
  /// the parts are summed in order.
  void (*_Nonnull store_sums)(
      const float *sums, int64_t parts, int64_t part_stride, int64_t rows, int64_t width, float factor, float beta,
      float *to, int64_t to_stride);
} ck_attention;

#pragma clang assume_nonnull end

#endif
