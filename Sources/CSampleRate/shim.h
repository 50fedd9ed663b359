// The interface of libsamplerate. No code of our own.
#include <samplerate.h>
