/* SHA-1, for the handshake alone: RFC 6455 asks for it, and gcc should be enough to build this. */
#ifndef SHA1_H
#define SHA1_H
#include <stddef.h>
#include <stdint.h>

/* The digest of at most 119 bytes. */
void sha1(const char *text, size_t length, uint8_t digest[20]);

#endif
