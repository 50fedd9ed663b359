// Lives here: the calls into libpng and libjpeg.
// Not here: the interface (include/CImageIO.h).
#include "CImageIO.h"
