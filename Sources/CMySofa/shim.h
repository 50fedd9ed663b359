// The interface of libmysofa. No code of our own.
#include <mysofa.h>
