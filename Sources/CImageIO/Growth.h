// A buffer that grows while an encoder writes, and messages of bounded length.
// Not here: the formats (PNG.c, JPEG.c).
#ifndef CIMAGEIO_GROWTH_H
#define CIMAGEIO_GROWTH_H

#include <stdlib.h>
#include <string.h>

#include "CImageIO.h"

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} growth;

/// Room for `more` bytes behind what is there; 0 if there is no memory for them.
static inline int growth_reserve(growth *buffer, size_t more) {
  if (more > SIZE_MAX / 4 - buffer->count) return 0;
  size_t needed = buffer->count + more;
  if (needed <= buffer->capacity) return 1;
  size_t capacity = buffer->capacity * 2 > needed ? buffer->capacity * 2 : needed;
  uint8_t *bytes = realloc(buffer->bytes, capacity);
  if (!bytes) return 0;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 1;
}

static inline int growth_append(growth *buffer, const uint8_t *bytes, size_t count) {
  if (!growth_reserve(buffer, count)) return 0;
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
  return 1;
}

/// Keeps the first IMAGEIO_MESSAGE - 1 bytes of a text, control characters replaced.
static inline void message_set(char *message, const char *text) {
  size_t length = 0;
  for (; length + 1 < IMAGEIO_MESSAGE && text[length]; length++) {
    unsigned char letter = (unsigned char)text[length];
    message[length] = letter < 32 || letter > 126 ? '?' : text[length];
  }
  message[length] = 0;
}

#endif
