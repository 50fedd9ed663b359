// The kernels for any CPU.
#define CK_LEVEL CK_LEVEL_PORTABLE
#include "vec_portable.h"

#include "level.inc"
