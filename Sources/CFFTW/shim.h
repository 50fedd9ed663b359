// The single-precision interface of FFTW. No code of our own.
#include <fftw3.h>
