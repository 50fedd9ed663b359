// The interface of libsndfile. No code of our own.
#include <sndfile.h>
