// The calls into libpng: a header, the pixels of a file in memory, a file in memory from pixels.
// Not here: JPEG (JPEG.c), the eXIf chunk (Sources/Media/Images/ExifOrientation.swift).
#include <png.h>

#include "CImageIO.h"
#include "Growth.h"

// The most that an ancillary chunk may take; none of them is kept.
enum { CHUNK_LIMIT = 1 << 20 };

/// What libpng's callbacks see of one call.
typedef struct {
  const uint8_t *bytes;
  size_t count, position;
  growth output;
  char *message;
  int status;
} png_session;

static void on_error(png_structp png, png_const_charp text) {
  png_session *session = png_get_error_ptr(png);
  if (session->status == IMAGEIO_OK) session->status = IMAGEIO_DAMAGED;
  message_set(session->message, text);
  png_longjmp(png, 1);
}

// What libpng can repair does not change pixels: bad colour profiles, texts and times. They are skipped anyway.
static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void on_read(png_structp png, png_bytep target, size_t count) {
  png_session *session = png_get_io_ptr(png);
  if (count > session->count - session->position) {
    session->status = IMAGEIO_TRUNCATED;
    png_error(png, "the bytes end within the picture");
  }
  memcpy(target, session->bytes + session->position, count);
  session->position += count;
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  png_session *session = png_get_io_ptr(png);
  if (!growth_append(&session->output, bytes, count)) {
    session->status = IMAGEIO_MEMORY;
    png_error(png, "no memory for the compressed bytes");
  }
}

static void on_flush(png_structp png) { (void)png; }

/// A reader that skips every chunk without influence on pixels and knows no repairable error.
static png_structp make_reader(png_session *session, png_infop *info) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, session, on_error, on_warning);
  *info = png ? png_create_info_struct(png) : NULL;
  if (!*info) {
    png_destroy_read_struct(&png, NULL, NULL);
    session->status = IMAGEIO_MEMORY;
    message_set(session->message, "no memory for a reader");
    return NULL;
  }
  return png;
}

static void configure_reader(png_structp png, png_session *session) {
  static const png_byte skipped[] =
    "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
  png_set_read_fn(png, session, on_read);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_cache_max(png, 128);
  png_set_chunk_malloc_max(png, CHUNK_LIMIT);
  png_set_benign_errors(png, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)(sizeof skipped / 5));
}

/// Reads the chunks before the pixels; the transformations to 8-bit grey, RGB or RGBA are then set.
static void read_header(png_structp png, png_infop info, imageio_header *header) {
  png_read_info(png, info);
  int color = png_get_color_type(png, info);
  int depth = png_get_bit_depth(png, info);
  int has_transparency = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (has_transparency) png_set_tRNS_to_alpha(png);
  if (depth == 16) png_set_scale_16(png);
  int has_alpha = has_transparency || (color & PNG_COLOR_MASK_ALPHA);
  int is_gray = !(color & PNG_COLOR_MASK_COLOR);
  if (is_gray && has_alpha) png_set_gray_to_rgb(png);
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  header->channels = has_alpha ? 4 : is_gray ? 1 : 3;
  header->stored_channels = png_get_channels(png, info);
  header->bit_depth = depth;
  header->is_interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
}

int imageio_png_header(const uint8_t *bytes, size_t count, imageio_header *header, char *message) {
  png_session session = {.bytes = bytes, .count = count, .message = message, .status = IMAGEIO_OK};
  png_infop info;
  png_structp png = make_reader(&session, &info);
  if (!png) return session.status;
  if (setjmp(png_jmpbuf(png)) == 0) {
    configure_reader(png, &session);
    read_header(png, info, header);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return session.status;
}

int imageio_png_decode(
  const uint8_t *bytes, size_t count, const imageio_header *header, uint8_t *pixels, char *message) {
  png_session session = {.bytes = bytes, .count = count, .message = message, .status = IMAGEIO_OK};
  png_infop info;
  png_structp png = make_reader(&session, &info);
  if (!png) return session.status;
  if (setjmp(png_jmpbuf(png)) == 0) {
    imageio_header now;
    configure_reader(png, &session);
    read_header(png, info, &now);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)header->width * (size_t)header->channels;
    if (now.width != header->width || now.height != header->height || png_get_rowbytes(png, info) != stride) {
      png_error(png, "the picture is not what its header says");
    }
    for (int pass = 0; pass < passes; pass++) {
      for (uint32_t y = 0; y < header->height; y++) png_read_row(png, pixels + y * stride, NULL);
    }
    // Checks what follows the pixels: the sum over the compressed data, the end mark, indices beyond the palette.
    png_read_end(png, NULL);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return session.status;
}

int imageio_png_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, const imageio_png_options *options,
  imageio_bytes *result, char *message) {
  png_session session = {.message = message, .status = IMAGEIO_OK};
  result->bytes = NULL;
  result->count = 0;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    message_set(message, "no memory for a writer");
    return IMAGEIO_MEMORY;
  }
  if (setjmp(png_jmpbuf(png)) == 0) {
    int color = channels == 1 ? PNG_COLOR_TYPE_GRAY : channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA;
    size_t stride = (size_t)width * (size_t)channels;
    if (!growth_reserve(&session.output, stride * height / 2 + 4096)) {
      session.status = IMAGEIO_MEMORY;
      png_error(png, "no memory for the compressed bytes");
    }
    png_set_write_fn(png, &session, on_write, on_flush);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(
      png, info, width, height, 8, color, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, options->level);
    png_set_compression_strategy(png, options->strategy);
    // Fewer, larger chunks.
    png_set_compression_buffer_size(png, 1 << 18);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, options->filters);
    png_write_info(png, info);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * stride);
    png_write_end(png, NULL);
  }
  png_destroy_write_struct(&png, &info);
  if (session.status != IMAGEIO_OK) {
    free(session.output.bytes);
    return session.status;
  }
  result->bytes = session.output.bytes;
  result->count = session.output.count;
  return IMAGEIO_OK;
}

void imageio_free(imageio_bytes *result) {
  free(result->bytes);
  result->bytes = NULL;
  result->count = 0;
}
