// Image sources of a shoebox room: enumeration by shells of distance, and their accumulation into rows of moments.
//
// An image at distance d arrives τ = d · samples_per_meter samples late, n = floor(τ), x = τ - n - 1/2. Its windowed-sinc
// taps are polynomials of x (degree 7), so the response is Σ over samples n of Σ_j M[n][j] · taps_j with the moments
// M[n][j] = Σ over the images of that sample of gain · x^j. Accumulating moments costs one short row per image instead
// of one tap kernel per image; `flush` then writes one tap kernel per sample.
#ifndef CK_IMAGES_H
#define CK_IMAGES_H

#include <stdint.h>

enum {
  /// Moments of a row: powers 0 to 7 of the fraction.
  CK_IMAGE_MOMENTS = 8,
  /// Bands of an axis gain.
  CK_IMAGE_BANDS = 8,
  /// Taps of one kernel, with trailing zeros.
  CK_IMAGE_TAPS = 80,
};

/// What the rows hold for each moment.
typedef enum ck_image_layout {
  /// One lane: a broadband omnidirectional response.
  CK_IMAGES_MONO = 1,
  /// Four lanes W, Y, Z, X.
  CK_IMAGES_FOA = 4,
  /// Eight bands.
  CK_IMAGES_MONO_BANDS = 8,
  /// Eight bands of four lanes each.
  CK_IMAGES_FOA_BANDS = 32,
} ck_image_layout;

/// The images along one axis, in rising order of position.
typedef struct ck_image_axis {
  /// Image coordinate minus listener coordinate, in metres.
  const double *_Nonnull position;
  /// Product of the wall reflections on this axis, `count` × 8 bands.
  const float *_Nonnull gain;
  int64_t count;
  /// Index of the direct path; image i crosses |i - direct| walls of this axis.
  int64_t direct;
  /// Room length and listener coordinate along this axis, in metres.
  double length, listener;
} ck_image_axis;

/// The images to visit: inner_squared ≤ d² < outer_squared, and at most `max_order` reflections.
typedef struct ck_image_shell {
  ck_image_axis axes[3];
  double inner_squared, outer_squared;
  int64_t max_order;
  double samples_per_meter;
  /// The sample of row 0.
  int64_t first_sample;
  /// Directions are turned by -yaw about Z.
  double yaw_cosine, yaw_sine;
  /// Largest displacement of each coordinate of all images but the direct one, in metres, and its key.
  double jitter;
  uint64_t jitter_key;
} ck_image_shell;

typedef struct ck_images {
  /// Adds the images of a shell to rows of 8 moments × lanes; returns their number.
  int64_t (*_Nonnull accumulate)(
      const ck_image_shell *_Nonnull shell, ck_image_layout layout, float *_Nonnull rows);
  /// Adds squared gains to rows of 8 bands, one row per sample: an energy echogram; returns the number of images.
  int64_t (*_Nonnull energy)(const ck_image_shell *_Nonnull shell, float *_Nonnull rows);
  /// Writes `count` rows: output[lane][row + k] += scale[row][band] · Σ_j rows[row][j][lane] · taps[band][j][k].
  /// `taps` is 8 bands (1 for the layouts without) × 8 × 80, `scale` is `count` × 8 or NULL, each lane of the output has
  /// `stride` floats. Bands from `bands` on are left out. Up to 16 samples past a plane's last tap are written, unchanged.
  void (*_Nonnull flush)(
      ck_image_layout layout, int64_t bands, int64_t count, const float *_Nonnull rows, const float *_Nonnull taps,
      const float *_Nullable scale, float *_Nonnull output, int64_t stride);
} ck_images;

#endif
