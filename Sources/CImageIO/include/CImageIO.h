// PNG and JPEG through libpng and libjpeg, with their longjmp error handling kept inside C.
// Not here: files, limits and orientation as Swift sees them (Sources/Media/Images/ImageFile.swift).
#ifndef CIMAGEIO_H
#define CIMAGEIO_H

#include <stddef.h>
#include <stdint.h>

#endif
