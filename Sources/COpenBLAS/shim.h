// The CBLAS interface of OpenBLAS, and its thread controls. No code of our own.
#include <cblas.h>
