// Row kernels: one table entry per operation over contiguous float32 rows of `n` elements.
//
// Contract, beside the one of CKernels.h: `beta` is 0 (the destination is overwritten without being read) or 1 (the
// result is added to it). A destination may be the same pointer as an input of the same length unless noted; partial
// overlap is not allowed. Sums use four float32 vector accumulators, so they differ between levels in the last bits.
#ifndef CK_ROWS_H
#define CK_ROWS_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// The constants of one AdamW step.
typedef struct ck_adamw {
  /// Multiplies the gradient (clipping).
  float gradient_scale;
  /// 1 − learning rate · decay.
  float keep;
  /// Learning rate / (1 − beta1^t).
  float step_size;
  float beta1, one_minus_beta1, beta2, one_minus_beta2;
  /// 1 / √(1 − beta2^t).
  float inverse_root_correction;
  float epsilon;
} ck_adamw;

typedef struct ck_rows {
  // Arithmetic and reductions.

  /// Σ x·y.
  float (*_Nonnull dot)(const float *x, const float *y, int64_t n);
  /// y += a·x. `x` and `y` must not overlap.
  void (*_Nonnull axpy)(float a, const float *x, float *y, int64_t n);
  /// to[r] = from[r] + beta·to[r] for rows of n floats at the given distances; with beta 0, `to` need not be initialised.
  void (*_Nonnull move_rows)(
      const float *from, int64_t from_stride, float *to, int64_t to_stride, int64_t rows, int64_t n, float beta);
  /// to[r] = from[r] likewise, past the caches: for more than they hold.
  void (*_Nonnull stream_rows)(
      const float *from, int64_t from_stride, float *to, int64_t to_stride, int64_t rows, int64_t n);
  /// y = a·x + beta·y.
  void (*_Nonnull affine)(float a, const float *x, float beta, float *y, int64_t n);
  /// out = x + a·y.
  void (*_Nonnull add_scaled)(const float *x, float a, const float *y, float *out, int64_t n);
  /// out = x·y + beta·out.
  void (*_Nonnull multiply)(const float *x, const float *y, float beta, float *out, int64_t n);
  /// out = x + bias in each of `rows` rows.
  void (*_Nonnull add_to_rows)(const float *x, const float *bias, float *out, int64_t rows, int64_t n);
  /// out = beta·out + the sum over rows; row r begins at x + r·stride. Rows are added in groups of eight, in order.
  void (*_Nonnull column_sums)(
      const float *x, int64_t stride, float beta, float *out, int64_t rows, int64_t n);
  /// Σ x; float32 in chunks of 1024 elements, double between them.
  double (*_Nonnull sum)(const float *x, int64_t n);
  /// Σ x², likewise.
  double (*_Nonnull sum_squares)(const float *x, int64_t n);
  /// The largest element, NaN if any is NaN, -infinity if there is none.
  float (*_Nonnull maximum)(const float *x, int64_t n);
  /// 1 if no element is infinite or NaN, else 0.
  int (*_Nonnull is_finite)(const float *x, int64_t n);

  // Elementary functions, with the error bounds of vec_math.h.

  void (*_Nonnull exp)(const float *x, float *y, int64_t n);
  void (*_Nonnull exp2)(const float *x, float *y, int64_t n);
  void (*_Nonnull erf)(const float *x, float *y, int64_t n);

  // Activations. Backward: dx = dy·f′(x) + beta·dx.

  /// y = x·sigmoid(x).
  void (*_Nonnull silu)(const float *x, float *y, int64_t n);
  void (*_Nonnull silu_backward)(const float *dy, const float *x, float beta, float *dx, int64_t n);
  /// y = silu(gate)·up.
  void (*_Nonnull silu_product)(const float *gate, const float *up, float *y, int64_t n);
  void (*_Nonnull silu_product_backward)(
      const float *dy, const float *gate, const float *up, float gate_beta, float *dgate, float up_beta, float *dup,
      int64_t n);
  /// y = x/2·(1 + tanh(√(2/π)(x + 0.044715 x³))).
  void (*_Nonnull gelu_tanh)(const float *x, float *y, int64_t n);
  void (*_Nonnull gelu_tanh_backward)(const float *dy, const float *x, float beta, float *dx, int64_t n);
  /// y = x/2·(1 + erf(x/√2)).
  void (*_Nonnull gelu_erf)(const float *x, float *y, int64_t n);
  void (*_Nonnull gelu_erf_backward)(const float *dy, const float *x, float beta, float *dx, int64_t n);

  // Normalisation. Statistics have one element per row. Backward kernels add to dgain and dbias.

  /// inverse = 1/√(mean(x²) + epsilon), y = x·inverse·gain; no gain counts as ones.
  void (*_Nonnull rms_norm)(
      const float *x, const float *_Nullable gain, float epsilon, float *y, float *inverse, int64_t rows, int64_t n);
  /// Gradients of `rms_norm`; either may be left out. `dx` must not overlap an input.
  void (*_Nonnull rms_norm_backward)(
      const float *dy, const float *x, const float *_Nullable gain, const float *inverse, float beta,
      float *_Nullable dx, float *_Nullable dgain, int64_t rows, int64_t n);
  /// inverse = 1/√(variance + epsilon), y = (x − mean)·inverse·gain + bias.
  void (*_Nonnull layer_norm)(
      const float *x, const float *gain, const float *bias, float epsilon, float *y, float *mean, float *inverse,
      int64_t rows, int64_t n);
  /// Gradients of `layer_norm`; each may be left out. `dx` must not overlap an input.
  void (*_Nonnull layer_norm_backward)(
      const float *dy, const float *x, const float *gain, const float *mean, const float *inverse, float beta,
      float *_Nullable dx, float *_Nullable dgain, float *_Nullable dbias, int64_t rows, int64_t n);

  // Softmax and losses.

  /// y = e^x / Σ e^x in each row. A row of -infinity, or with +infinity or NaN, gives NaN.
  void (*_Nonnull softmax)(const float *x, float *y, int64_t rows, int64_t n);
  /// dx = y·(dy − Σ dy·y) + beta·dx.
  void (*_Nonnull softmax_backward)(
      const float *dy, const float *y, float beta, float *dx, int64_t rows, int64_t n);
  /// log Σ e^x = maximum + log_sum of one row; kept apart because their sum loses digits of small losses.
  void (*_Nonnull log_sum_exp)(const float *x, int64_t n, float *maximum, float *log_sum);
  /// Loss (nats) of one row, −log softmax(logits)[target] + z·lse²; replaces the logits by scale·∂loss/∂logits.
  float (*_Nonnull cross_entropy)(float *logits, int64_t n, int64_t target, float scale, float z);

  // Positions.

  /// Rotates the pairs (i, i + half) of each head by sign·angle, adding beta·y; x, y: [tokens, heads, 2·half], cosines
  /// and sines: [tokens, half].
  void (*_Nonnull rotary)(
      const float *x, const float *cosines, const float *sines, float sign, float beta, float *y, int64_t tokens,
      int64_t heads, int64_t half);

  // Optimiser.

  /// m = β1·m + (1−β1)·g, v = β2·v + (1−β2)·g², p = keep·p − step_size·m / (√v·root + epsilon), g scaled first.
  /// Different pointers.
  void (*_Nonnull adamw)(float *p, const float *g, float *m, float *v, const ck_adamw *constants, int64_t n);

  // Storage formats, as bit patterns. Rounding is to nearest, ties to even; NaN stays NaN.

  void (*_Nonnull to_bfloat16)(const float *x, uint16_t *y, int64_t n);
  void (*_Nonnull from_bfloat16)(const uint16_t *x, float *y, int64_t n);
  void (*_Nonnull from_float16)(const uint16_t *x, float *y, int64_t n);
} ck_rows;

#pragma clang assume_nonnull end

#endif
