// The interface of libjpeg. No code of our own.
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
