// The interface of FreeType. No code of our own.
#include <ft2build.h>
#include FT_FREETYPE_H
