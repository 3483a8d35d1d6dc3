/* The physical limit: a server that sends every message it gets to every socket, alone, by epoll,
   and does nothing else.   epoll PORT */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../load/frames.h"
#include "sha1.h"

enum { MOST = 65536, LONGEST = 1 << 17, KEY_LENGTH = 24 };

typedef struct {
    int fd;
    size_t place; /* in the room, once the handshake is done */
    int open;
    uint8_t *kept, *unsent; /* a frame whose end has not come; what the network did not take */
    size_t kept_length, unsent_length;
} Socket;

static Socket *room[MOST];
static size_t there;
static int epoll;

static void watch(Socket *socket, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = socket};
    epoll_ctl(epoll, how, socket->fd, &event);
}

static void leave(Socket *socket) {
    if (socket->open) {
        room[socket->place] = room[--there];
        room[socket->place]->place = socket->place;
    }
    close(socket->fd);
    free(socket->kept);
    free(socket->unsent);
    free(socket);
}

static void put(Socket *socket, const uint8_t *bytes, size_t length) {
    ssize_t sent = 0;
    if (!socket->unsent_length) sent = send(socket->fd, bytes, length, MSG_NOSIGNAL);
    if (sent == (ssize_t)length) return;
    if (sent < 0) sent = 0;
    socket->unsent = realloc(socket->unsent, socket->unsent_length + length - sent);
    memcpy(socket->unsent + socket->unsent_length, bytes + sent, length - sent);
    socket->unsent_length += length - sent;
    watch(socket, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void put_unsent(Socket *socket) {
    ssize_t sent = send(socket->fd, socket->unsent, socket->unsent_length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    socket->unsent_length -= sent;
    memmove(socket->unsent, socket->unsent + sent, socket->unsent_length);
    if (!socket->unsent_length) watch(socket, EPOLL_CTL_MOD, EPOLLIN);
}

static void broadcast(const Frame *said) {
    static uint8_t frame[LONGEST + LONGEST_HEADER];
    size_t length = frame_write(frame, said->opcode, false, said->payload, said->length);
    for (size_t i = 0; i < there; i++) put(room[i], frame, length);
}

static void base64(const uint8_t *bytes, char *out) {
    static const char SIGNS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 21; i += 3) { /* the twenty bytes of a digest, and one of nothing */
        uint32_t three = bytes[i] << 16 | bytes[i + 1] << 8 | (i < 18 ? bytes[i + 2] : 0);
        for (int j = 0; j < 4; j++) *out++ = SIGNS[three >> (18 - 6 * j) & 63];
    }
    strcpy(out - 1, "=");
}

/* Answers the handshake in these bytes. Returns how many there are, or 0 while it is not all. */
static size_t shake_hands(Socket *socket, uint8_t *bytes, size_t length) {
    static const char KEY[] = "sec-websocket-key: ", GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4), digest[21] = {0};
    char text[KEY_LENGTH + sizeof GUID], accept[32], answer[256];
    if (!end) return 0;
    *end = 0;
    char *key = strcasestr((char *)bytes, KEY);
    if (!key) return 0;
    snprintf(text, sizeof text, "%.*s%s", KEY_LENGTH, key + sizeof KEY - 1, GUID);
    sha1(text, strlen(text), digest);
    base64(digest, accept);
    put(socket, (uint8_t *)answer,
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept));
    socket->open = 1;
    socket->place = there;
    room[there++] = socket;
    return end + 4 - bytes;
}

static void keep(Socket *socket, const uint8_t *bytes, size_t length) {
    socket->kept_length = length;
    if (!length) return;
    socket->kept = realloc(socket->kept, length);
    memcpy(socket->kept, bytes, length);
}

static void hear(Socket *socket, uint8_t *bytes, size_t length) {
    size_t at = socket->open ? 0 : shake_hands(socket, bytes, length);
    Frame frame;
    while (socket->open && frame_read(bytes + at, length - at, &frame)) {
        if (frame.opcode == TEXT || frame.opcode == BINARY) broadcast(&frame);
        at += frame.whole;
    }
    keep(socket, bytes + at, length - at);
}

static void read_from(Socket *socket) {
    static uint8_t bytes[2 * LONGEST + 1];
    if (socket->kept_length) memcpy(bytes, socket->kept, socket->kept_length);
    ssize_t got = recv(socket->fd, bytes + socket->kept_length, LONGEST, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return leave(socket);
    hear(socket, bytes, socket->kept_length + got);
}

static void welcome(int listener) {
    int yes = 1;
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        if (there >= MOST - 1) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        Socket *socket = calloc(1, sizeof *socket);
        socket->fd = fd;
        watch(socket, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) {
        perror("listen");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    return listener;
}

int main(int argc, char **argv) {
    struct epoll_event events[1024];
    if (argc != 2) return 2;
    epoll = epoll_create1(0);
    int listener = listen_on(atoi(argv[1]));
    for (;;) {
        int n = epoll_wait(epoll, events, 1024, -1);
        for (int i = 0; i < n; i++) {
            Socket *socket = events[i].data.ptr;
            if (!socket) {
                welcome(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT && socket->unsent_length) put_unsent(socket);
            if (events[i].events & ~EPOLLOUT) read_from(socket);
        }
    }
}
