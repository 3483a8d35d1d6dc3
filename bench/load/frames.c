#include "frames.h"

#include <string.h>

static const uint8_t MASK[4] = {0x37, 0xfa, 0x21, 0x3d};

static void toggle(uint8_t *bytes, size_t length, const uint8_t *mask) {
    for (size_t i = 0; i < length; i++) bytes[i] ^= mask[i & 3];
}

static uint64_t number(const uint8_t *bytes, int width) {
    uint64_t read = 0;
    for (int i = 0; i < width; i++) read = read << 8 | bytes[i];
    return read;
}

static int width_of_length(int short_length) {
    return short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
}

bool frame_read(uint8_t *bytes, size_t available, Frame *frame) {
    if (available < 2) return false;
    bool masked = bytes[1] & 0x80;
    int width = width_of_length(bytes[1] & 0x7f);
    size_t header = 2 + width + (masked ? 4 : 0);
    if (available < header) return false;
    frame->length = width ? number(bytes + 2, width) : (size_t)(bytes[1] & 0x7f);
    if (available - header < frame->length) return false;
    frame->opcode = bytes[0] & 0x0f;
    frame->compressed = bytes[0] & 0x40;
    frame->payload = bytes + header;
    frame->whole = header + frame->length;
    if (masked) toggle(frame->payload, frame->length, frame->payload - 4);
    return true;
}

static size_t write_length(uint8_t *out, size_t length) {
    if (length < 126) {
        out[0] = length;
        return 1;
    }
    int width = length < 65536 ? 2 : 8;
    out[0] = width == 2 ? 126 : 127;
    for (int i = 0; i < width; i++) out[1 + i] = (uint64_t)length >> 8 * (width - 1 - i);
    return 1 + width;
}

size_t frame_write(uint8_t *out, int opcode, bool masked, const void *payload, size_t length) {
    out[0] = 0x80 | opcode;
    size_t header = 1 + write_length(out + 1, length);
    if (masked) {
        out[1] |= 0x80;
        memcpy(out + header, MASK, 4);
        header += 4;
    }
    memcpy(out + header, payload, length);
    if (masked) toggle(out + header, length, MASK);
    return header + length;
}
