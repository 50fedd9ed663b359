// The interface of libpng. No code of our own.
#include <png.h>
