/* WebSocket frames (RFC 6455) in memory: nothing here knows of sockets. */
#ifndef FRAMES_H
#define FRAMES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };
enum { LONGEST_HEADER = 14 };

typedef struct {
    int opcode;
    bool compressed; /* RSV1: the payload went through permessage-deflate */
    uint8_t *payload;
    size_t length; /* of the payload */
    size_t whole;  /* of the frame, header included */
} Frame;

/* Reads the frame that begins here and takes its mask off, in place. False while it is not all
   there. */
bool frame_read(uint8_t *bytes, size_t available, Frame *frame);

/* Writes a frame into `out`, which has room for LONGEST_HEADER more bytes than the payload. Clients
   mask, servers do not. Returns its length. */
size_t frame_write(uint8_t *out, int opcode, bool masked, const void *payload, size_t length);

#endif
