// PNG and JPEG through libpng and libjpeg, with their longjmp error handling kept inside C.
// Not here: files, limits and orientation as Swift sees them (Sources/Media/Images/ImageFile.swift).
#ifndef CIMAGEIO_H
#define CIMAGEIO_H

#include <stddef.h>
#include <stdint.h>

/// How a call ended. Every call but imageio_free gives one of these, and a message where it is not IMAGEIO_OK.
enum {
  IMAGEIO_OK = 0,
  /// The bytes break the rules of the format, or end too early.
  IMAGEIO_DAMAGED = 1,
  /// The bytes end before the picture does.
  IMAGEIO_TRUNCATED = 2,
  /// The format allows it, this library does not read or write it.
  IMAGEIO_UNSUPPORTED = 3,
  /// No memory for what the header promises.
  IMAGEIO_MEMORY = 4,
};

/// The bytes of a message with its final zero.
enum { IMAGEIO_MESSAGE = 256 };

/// What a header says. No pixel was decoded.
typedef struct {
  uint32_t width, height;
  /// Samples a pixel as decoding gives them: 1 grey, 3 RGB, 4 RGB and straight opacity.
  int32_t channels;
  /// Samples a pixel as the file stores them.
  int32_t stored_channels;
  /// Bits of a stored sample (of an index, for a palette).
  int32_t bit_depth;
  /// 1 for Adam7 and for progressive scans.
  int32_t is_interlaced;
} imageio_header;

/// Bytes made by an encoder; given back with imageio_free.
typedef struct {
  uint8_t *bytes;
  size_t count;
} imageio_bytes;

/// How a PNG is compressed.
typedef struct {
  /// 0 (stored) ... 9 (smallest).
  int32_t level;
  /// zlib's strategy: 0 default, 1 filtered, 2 Huffman codes only, 3 run lengths.
  int32_t strategy;
  /// A set of row filters to choose from, in libpng's bits (0x08 none, 0x10 sub, 0x20 up, 0x40 average, 0x80 Paeth).
  int32_t filters;
} imageio_png_options;

/// How a JPEG is compressed.
typedef struct {
  /// 1 ... 100, as libjpeg scales its tables.
  int32_t quality;
  /// 1: chroma at full resolution (4:4:4); 0: halved in both directions (4:2:0).
  int32_t full_chroma;
  /// 1: a second pass for Huffman tables that fit.
  int32_t optimize;
} imageio_jpeg_options;

/// Reads up to the first pixel data. `message` has IMAGEIO_MESSAGE bytes.
int imageio_png_header(const uint8_t *bytes, size_t count, imageio_header *header, char *message);

/// Decodes into `pixels`: `height * width * channels` bytes of the header, which the caller has looked at.
int imageio_png_decode(const uint8_t *bytes, size_t count, const imageio_header *header, uint8_t *pixels, char *message);

/// Encodes 8-bit samples of 1, 3 or 4 channels. Equal pixels and options give equal bytes.
int imageio_png_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, const imageio_png_options *options,
  imageio_bytes *result, char *message);

/// Reads up to the first scan. `message` has IMAGEIO_MESSAGE bytes.
int imageio_jpeg_header(const uint8_t *bytes, size_t count, imageio_header *header, char *message);

/// Decodes into `pixels`: `height * width * channels` bytes of the header, in the orientation of the sensor.
///
/// Four stored channels are CMYK or YCCK, inverted where an Adobe marker says who wrote them; they become RGB without
/// a colour profile.
int imageio_jpeg_decode(
  const uint8_t *bytes, size_t count, const imageio_header *header, uint8_t *pixels, char *message);

/// Encodes 8-bit samples of 1 or 3 channels. Equal pixels and options give equal bytes.
int imageio_jpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, const imageio_jpeg_options *options,
  imageio_bytes *result, char *message);

/// Gives back what an encoder made.
void imageio_free(imageio_bytes *result);

#endif
