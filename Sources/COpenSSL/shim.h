// Message digests of OpenSSL (libcrypto). No code of our own.
#include <openssl/evp.h>
