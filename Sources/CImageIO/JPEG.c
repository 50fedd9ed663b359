// The calls into libjpeg: a header, the pixels of a file in memory, a file in memory from pixels.
// Not here: PNG (PNG.c), orientation (Sources/Media/Images/ExifOrientation.swift).
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "CImageIO.h"
#include "Growth.h"

// Encoders write about ten scans. Each costs time for the whole picture, so a file of thousands of them is an attack.
enum { SCAN_LIMIT = 100 };

/// What libjpeg's callbacks see of one call. `manager` comes first: libjpeg knows the rest by it.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  char *message;
  int status;
  /// Set once samples are decoded; what lies between segments before that does not matter.
  int is_decoding;
} jpeg_session;

static void fail(j_common_ptr info, int status) {
  jpeg_session *session = (jpeg_session *)info->err;
  char text[JMSG_LENGTH_MAX];
  session->manager.format_message(info, text);
  message_set(session->message, text);
  session->status = status;
  longjmp(session->escape, 1);
}

static void on_error(j_common_ptr info) {
  switch (info->err->msg_code) {
  case JERR_OUT_OF_MEMORY:
  case JERR_NO_BACKING_STORE: fail(info, IMAGEIO_MEMORY); break;
  case JERR_INPUT_EOF:
  case JERR_INPUT_EMPTY: fail(info, IMAGEIO_TRUNCATED); break;
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_IMAGE_TOO_BIG: fail(info, IMAGEIO_UNSUPPORTED); break;
  default: fail(info, IMAGEIO_DAMAGED);
  }
}

/// libjpeg warns of damaged data and goes on with made-up pixels: an error here, except where no pixel is touched.
static void on_message(j_common_ptr info, int level) {
  jpeg_session *session = (jpeg_session *)info->err;
  if (level >= 0) return;
  switch (info->err->msg_code) {
  case JWRN_ADOBE_XFORM:
  case JWRN_BOGUS_ICC:
  case JWRN_JFIF_MAJOR: return;
  case JWRN_EXTRANEOUS_DATA:
    if (!session->is_decoding) return;
    break;
  case JWRN_JPEG_EOF: fail(info, IMAGEIO_TRUNCATED); break;
  default: break;
  }
  fail(info, IMAGEIO_DAMAGED);
}

static void on_output(j_common_ptr info) { (void)info; }

static void session_begin(jpeg_session *session, char *message) {
  memset(session, 0, sizeof *session);
  jpeg_std_error(&session->manager);
  session->manager.error_exit = on_error;
  session->manager.emit_message = on_message;
  session->manager.output_message = on_output;
  session->message = message;
  session->status = IMAGEIO_OK;
}

static void on_progress(j_common_ptr info) {
  jpeg_session *session = (jpeg_session *)info->err;
  if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > SCAN_LIMIT) {
    message_set(session->message, "more scans than any encoder writes");
    session->status = IMAGEIO_DAMAGED;
    longjmp(session->escape, 1);
  }
}

// ---------------------------------------------------------------- the source: all bytes at once

static void source_init(j_decompress_ptr info) { (void)info; }

static boolean source_fill(j_decompress_ptr info) {
  ERREXIT(info, JERR_INPUT_EOF);
  return FALSE;
}

static void source_skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if ((unsigned long)count > info->src->bytes_in_buffer) ERREXIT(info, JERR_INPUT_EOF);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= (size_t)count;
}

static void set_source(j_decompress_ptr info, struct jpeg_source_mgr *source, const uint8_t *bytes, size_t count) {
  source->next_input_byte = bytes;
  source->bytes_in_buffer = count;
  source->init_source = source_init;
  source->fill_input_buffer = source_fill;
  source->skip_input_data = source_skip;
  source->resync_to_restart = jpeg_resync_to_restart;
  source->term_source = source_init;
  info->src = source;
}

static void refuse(j_decompress_ptr info, int status, const char *text) {
  jpeg_session *session = (jpeg_session *)info->err;
  message_set(session->message, text);
  session->status = status;
  longjmp(session->escape, 1);
}

/// Reads the segments before the first scan and chooses what is decoded.
static void read_header(j_decompress_ptr info, imageio_header *header) {
  jpeg_read_header(info, TRUE);
  switch (info->jpeg_color_space) {
  case JCS_GRAYSCALE: info->out_color_space = JCS_GRAYSCALE; break;
  case JCS_YCbCr:
  case JCS_RGB: info->out_color_space = JCS_RGB; break;
  case JCS_CMYK:
  case JCS_YCCK: info->out_color_space = JCS_CMYK; break;
  default: refuse(info, IMAGEIO_UNSUPPORTED, "a number of components that is neither 1, 3 nor 4");
  }
  header->width = info->image_width;
  header->height = info->image_height;
  header->channels = info->out_color_space == JCS_GRAYSCALE ? 1 : 3;
  header->stored_channels = info->num_components;
  header->bit_depth = info->data_precision;
  header->is_interlaced = info->progressive_mode;
}

int imageio_jpeg_header(const uint8_t *bytes, size_t count, imageio_header *header, char *message) {
  struct jpeg_decompress_struct info;
  struct jpeg_source_mgr source;
  jpeg_session session;
  session_begin(&session, message);
  memset(&info, 0, sizeof info);
  info.err = &session.manager;
  if (setjmp(session.escape) == 0) {
    jpeg_create_decompress(&info);
    set_source(&info, &source, bytes, count);
    read_header(&info, header);
  }
  jpeg_destroy_decompress(&info);
  return session.status;
}

/// One row of CMYK as RGB: what the inks leave of white, ink by ink.
static void convert_inks(const uint8_t *inks, uint8_t *row, uint32_t width, int is_inverted) {
  unsigned flip = is_inverted ? 0 : 255;
  for (uint32_t x = 0; x < width; x++, inks += 4, row += 3) {
    unsigned black = inks[3] ^ flip;
    for (int c = 0; c < 3; c++) row[c] = (uint8_t)(((inks[c] ^ flip) * black + 127) / 255);
  }
}

/// All rows, straight into `pixels` or through one row of inks.
static void decode_rows(j_decompress_ptr info, const imageio_header *header, uint8_t *pixels) {
  size_t stride = (size_t)header->width * (size_t)header->channels;
  if (info->out_color_space != JCS_CMYK) {
    while (info->output_scanline < info->output_height) {
      JSAMPROW rows[16];
      JDIMENSION first = info->output_scanline, count = 0;
      for (; count < 16 && first + count < info->output_height; count++) rows[count] = pixels + (first + count) * stride;
      if (jpeg_read_scanlines(info, rows, count) == 0) refuse(info, IMAGEIO_DAMAGED, "no more rows");
    }
    return;
  }
  JSAMPARRAY inks = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, header->width * 4, 1);
  while (info->output_scanline < info->output_height) {
    uint8_t *row = pixels + info->output_scanline * stride;
    if (jpeg_read_scanlines(info, inks, 1) == 0) refuse(info, IMAGEIO_DAMAGED, "no more rows");
    convert_inks(inks[0], row, header->width, info->saw_Adobe_marker);
  }
}

int imageio_jpeg_decode(
  const uint8_t *bytes, size_t count, const imageio_header *header, uint8_t *pixels, char *message) {
  struct jpeg_decompress_struct info;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
  jpeg_session session;
  session_begin(&session, message);
  memset(&info, 0, sizeof info);
  info.err = &session.manager;
  if (setjmp(session.escape) == 0) {
    imageio_header now;
    jpeg_create_decompress(&info);
    set_source(&info, &source, bytes, count);
    info.progress = &progress;
    read_header(&info, &now);
    session.is_decoding = 1;
    jpeg_start_decompress(&info);
    int is_same = info.output_width == header->width && info.output_height == header->height &&
      now.channels == header->channels;
    if (!is_same) refuse(&info, IMAGEIO_DAMAGED, "the picture is not what its header says");
    decode_rows(&info, header, pixels);
    // Reads on to the end mark.
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  return session.status;
}

// ---------------------------------------------------------------- the destination: a growing buffer

typedef struct {
  struct jpeg_destination_mgr manager;
  growth output;
} jpeg_sink;

static void sink_reserve(j_compress_ptr info, size_t more) {
  jpeg_sink *sink = (jpeg_sink *)info->dest;
  if (!growth_reserve(&sink->output, more)) ERREXIT1(info, JERR_OUT_OF_MEMORY, 0);
  sink->manager.next_output_byte = sink->output.bytes + sink->output.count;
  sink->manager.free_in_buffer = sink->output.capacity - sink->output.count;
}

static void sink_init(j_compress_ptr info) {
  sink_reserve(info, (size_t)info->image_width * info->image_height / 2 + 4096);
}

static boolean sink_empty(j_compress_ptr info) {
  jpeg_sink *sink = (jpeg_sink *)info->dest;
  // libjpeg hands over the whole buffer, whatever it says about free room.
  sink->output.count = sink->output.capacity;
  sink_reserve(info, sink->output.capacity);
  return TRUE;
}

static void sink_finish(j_compress_ptr info) {
  jpeg_sink *sink = (jpeg_sink *)info->dest;
  sink->output.count = sink->output.capacity - sink->manager.free_in_buffer;
}

static void set_options(j_compress_ptr info, const imageio_jpeg_options *options) {
  jpeg_set_defaults(info);
  jpeg_set_quality(info, options->quality, TRUE);
  info->optimize_coding = options->optimize ? TRUE : FALSE;
  if (options->full_chroma) {
    info->comp_info[0].h_samp_factor = 1;
    info->comp_info[0].v_samp_factor = 1;
  }
}

int imageio_jpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, const imageio_jpeg_options *options,
  imageio_bytes *result, char *message) {
  struct jpeg_compress_struct info;
  jpeg_sink sink;
  jpeg_session session;
  session_begin(&session, message);
  memset(&info, 0, sizeof info);
  memset(&sink, 0, sizeof sink);
  info.err = &session.manager;
  result->bytes = NULL;
  result->count = 0;
  if (setjmp(session.escape) == 0) {
    jpeg_create_compress(&info);
    sink.manager.init_destination = sink_init;
    sink.manager.empty_output_buffer = sink_empty;
    sink.manager.term_destination = sink_finish;
    info.dest = &sink.manager;
    info.image_width = width;
    info.image_height = height;
    info.input_components = channels;
    info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    set_options(&info, options);
    jpeg_start_compress(&info, TRUE);
    size_t stride = (size_t)width * (size_t)channels;
    while (info.next_scanline < info.image_height) {
      JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + info.next_scanline * stride);
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
  }
  jpeg_destroy_compress(&info);
  if (session.status != IMAGEIO_OK) {
    free(sink.output.bytes);
    return session.status;
  }
  result->bytes = sink.output.bytes;
  result->count = sink.output.count;
  return IMAGEIO_OK;
}
