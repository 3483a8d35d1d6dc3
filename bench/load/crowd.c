#define _GNU_SOURCE
#include "crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "frames.h"

enum {
    AT_ONCE = 64,           /* sockets that are being opened at any moment */
    PER_SOURCE = 8000,      /* sockets from one loopback address: ports run out at 28 000 */
    LONGEST = 1 << 22,      /* of what is read at once, and of a frame */
    LONGEST_MESSAGE = 8192, /* that we say */
    MOST_SENT = 1 << 22,
};
static const uint64_t ENTER_WITHIN = 120000000000;

typedef enum { CONNECTING, SHAKING, GREETING, IN, GONE } State;

typedef struct {
    int fd;
    State state;
    Pace pace;
    uint8_t *kept; /* the beginning of a frame whose end has not come */
    size_t kept_length;
} Socket;

Attendance attendance;
Ledger ledger;

static Manners manners;
static Socket **sockets;
static FILE *seats;
static size_t entering; /* sockets on their way in */
static int epoll;
static uint64_t run, numbered, phase_first, *sent_at;

uint64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void die(const char *why) {
    perror(why);
    exit(1);
}

static void watch(Socket *socket, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = socket};
    if (epoll_ctl(epoll, how, socket->fd, &event)) die("epoll_ctl");
}

void crowd_begin(const Manners *given, int also_watched) {
    manners = *given;
    epoll = epoll_create1(0);
    sent_at = malloc(MOST_SENT * sizeof *sent_at);
    run = clock_ns() * 2654435761u ^ (uint64_t)getpid() << 32;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, also_watched, &event)) die("epoll_ctl");
    if (manners.seats && !(seats = fopen(manners.seats, "r"))) die(manners.seats);
}

/* Saying --------------------------------------------------------------------------------------- */

static void leave(Socket *socket) {
    if (socket->state == GONE) return;
    if (socket->state == IN) {
        attendance.open--;
        attendance.closed++;
    } else {
        entering--;
        attendance.refused++;
    }
    close(socket->fd);
    socket->state = GONE;
}

static void send_all(Socket *socket, const uint8_t *bytes, size_t length) {
    while (length) {
        ssize_t sent = send(socket->fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return leave(socket);
        if (sent < 0) {
            struct pollfd writable = {.fd = socket->fd, .events = POLLOUT};
            poll(&writable, 1, 100);
            continue;
        }
        bytes += sent;
        length -= sent;
    }
}

static void send_frame(Socket *socket, int opcode, const void *payload, size_t length) {
    uint8_t frame[LONGEST_MESSAGE + LONGEST_HEADER];
    send_all(socket, frame, frame_write(frame, opcode, true, payload, length));
}

/* The message to say, with its ref and its time filled in. Returns its length. */
static size_t compose(char *out, uint64_t number, uint64_t now) {
    char *end = out;
    for (const char *in = manners.say; *in; in++) {
        if (*in != '$') {
            *end++ = *in;
        } else if (*++in == 'R') {
            ref_write(end, run, number);
            end += REF_LENGTH;
        } else if (*in == 'T') {
            mark_write(end, now);
            end += MARK_LENGTH;
        } else {
            *end++ = '0' + number % 4;
        }
    }
    return end - out;
}

void crowd_say(size_t from) {
    if (!attendance.open) return;
    size_t at = from % attendance.asked;
    while (sockets[at]->state != IN) at = (at + 1) % attendance.asked;
    char message[LONGEST_MESSAGE];
    uint64_t number = numbered++ % MOST_SENT;
    sent_at[number] = clock_ns();
    send_frame(sockets[at], TEXT, message, compose(message, number, sent_at[number]));
    ledger.sent++;
}

void crowd_begin_phase(void) {
    ledger_begin(&ledger, clock_ns());
    phase_first = numbered;
    for (size_t i = 0; i < attendance.asked; i++) sockets[i]->pace = (Pace){0};
}

/* Coming in ------------------------------------------------------------------------------------ */

static void connect_from(Socket *socket, size_t nth) {
    struct sockaddr_in ours = {.sin_family = AF_INET}, theirs = {.sin_family = AF_INET};
    int yes = 1;
    struct linger at_once = {1, 0}; /* leaves no port behind in TIME_WAIT */
    setsockopt(socket->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    setsockopt(socket->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ours.sin_addr.s_addr = htonl(INADDR_LOOPBACK + nth / PER_SOURCE);
    theirs.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    theirs.sin_port = htons(manners.port);
    if (bind(socket->fd, (void *)&ours, sizeof ours)) die("bind");
    if (connect(socket->fd, (void *)&theirs, sizeof theirs) && errno != EINPROGRESS) die("connect");
}

static void enter(void) {
    Socket *socket_ = calloc(1, sizeof *socket_);
    socket_->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (socket_->fd < 0) die("socket");
    connect_from(socket_, attendance.asked);
    sockets[attendance.asked++] = socket_;
    entering++;
    watch(socket_, EPOLL_CTL_ADD, EPOLLOUT);
}

static const char *next_seat(void) {
    static char line[512];
    if (!seats || !fgets(line, sizeof line, seats)) return NULL;
    line[strcspn(line, "\n")] = 0;
    return line;
}

static void shake_hands(Socket *socket) {
    static const char OFFER[] = "Sec-WebSocket-Extensions: permessage-deflate; "
                                "server_no_context_takeover; client_no_context_takeover\r\n";
    char request[2048];
    const char *seat = next_seat();
    int length = snprintf(
        request, sizeof request,
        "GET %s%s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: workshop.v1\r\n"
        "%s\r\n",
        manners.path, seat ? "?seat=" : "", seat ? seat : "", manners.port, manners.port,
        manners.deflate ? OFFER : "");
    socket->state = SHAKING;
    watch(socket, EPOLL_CTL_MOD, EPOLLIN);
    send_all(socket, (uint8_t *)request, length);
}

static void come_in(Socket *socket) {
    socket->state = IN;
    attendance.open++;
    entering--;
}

/* Reads the answer to the handshake. Returns how many bytes of it there are, or 0 while it is not
   all there. */
static size_t hear_handshake(Socket *socket, uint8_t *bytes, size_t length) {
    uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!memmem(bytes, end - bytes, " 101 ", 5)) {
        if (!attendance.refused) fprintf(stderr, "%.*s\n", (int)(end - bytes), bytes);
        leave(socket);
        return 0;
    }
    *end = 0;
    attendance.deflated += strcasestr((char *)bytes, "permessage-deflate") != NULL;
    if (manners.hello) {
        socket->state = GREETING;
        send_frame(socket, TEXT, manners.hello, strlen(manners.hello));
    } else {
        come_in(socket);
    }
    return end + 4 - bytes;
}

void crowd_enter(size_t more) {
    size_t wanted = attendance.asked + more;
    uint64_t began = clock_ns();
    sockets = realloc(sockets, wanted * sizeof *sockets);
    while (attendance.asked < wanted || entering) {
        while (attendance.asked < wanted && entering < AT_ONCE) enter();
        crowd_listen(clock_ns() + 20000000);
        if (clock_ns() - began > ENTER_WITHIN) break;
    }
    attendance.seconds = (clock_ns() - began) / 1e9;
}

/* Hearing -------------------------------------------------------------------------------------- */

/* What a compressed payload says. Thousands of sockets are sent the same bytes: they are inflated
   once. Returns the length, 0 where it cannot be read. */
static size_t inflated(const uint8_t *payload, size_t length, uint8_t **text) {
    static uint8_t packed[LONGEST], plain[LONGEST];
    static size_t packed_length, plain_length;
    static z_stream stream;
    *text = plain;
    if (length == packed_length && !memcmp(packed, payload, length)) return plain_length;
    if (!stream.state && inflateInit2(&stream, -15) != Z_OK) die("inflateInit2");
    if (length + 4 > LONGEST) return 0;
    memcpy(packed, payload, length);
    memcpy(packed + length, "\0\0\377\377", 4);
    packed_length = length;
    inflateReset(&stream);
    stream.next_in = packed;
    stream.avail_in = length + 4;
    stream.next_out = plain;
    stream.avail_out = LONGEST;
    int result = inflate(&stream, Z_SYNC_FLUSH);
    plain_length = result == Z_OK || result == Z_STREAM_END ? LONGEST - stream.avail_out : 0;
    return plain_length;
}

static void hear_answer(const Meaning *meaning, uint64_t now) {
    uint64_t number = meaning->answered;
    if (number < phase_first || number >= numbered) return;
    if (!meaning->done) {
        ledger.refused++;
        return;
    }
    ledger.acked++;
    latency_add(&ledger.answer, now - sent_at[number]);
}

static void hear_text(Socket *socket, const Frame *frame, uint64_t now) {
    uint8_t *text = frame->payload;
    size_t length = frame->length;
    if (frame->compressed) length = inflated(frame->payload, frame->length, &text);
    if (socket->state == GREETING) {
        size_t n = strlen(manners.ready);
        if (length >= n && !memcmp(text, manners.ready, n)) come_in(socket);
        return;
    }
    Meaning meaning = meaning_of(text, length);
    if (meaning.answered >= 0) hear_answer(&meaning, now);
    ledger_hear(&ledger, &socket->pace, &meaning, frame->length, now);
}

static void hear_frame(Socket *socket, const Frame *frame, uint64_t now) {
    if (frame->opcode == PING) send_frame(socket, PONG, frame->payload, frame->length);
    if (frame->opcode == CLOSE) leave(socket);
    if (frame->opcode == TEXT || frame->opcode == BINARY) hear_text(socket, frame, now);
}

static void keep(Socket *socket, const uint8_t *bytes, size_t length) {
    socket->kept_length = length;
    if (!length) return;
    socket->kept = realloc(socket->kept, length);
    memcpy(socket->kept, bytes, length);
}

static void hear_bytes(Socket *socket, uint8_t *bytes, size_t length) {
    uint64_t now = clock_ns();
    size_t at = 0;
    Frame frame;
    if (socket->state == SHAKING) {
        at = hear_handshake(socket, bytes, length);
        if (!at) return keep(socket, bytes, length);
    }
    while (socket->state != GONE && frame_read(bytes + at, length - at, &frame)) {
        hear_frame(socket, &frame, now);
        at += frame.whole;
    }
    keep(socket, bytes + at, length - at);
}

static void read_from(Socket *socket) {
    static uint8_t bytes[2 * LONGEST];
    size_t kept = socket->kept_length;
    if (kept) memcpy(bytes, socket->kept, kept);
    ssize_t got = recv(socket->fd, bytes + kept, LONGEST, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return leave(socket);
    hear_bytes(socket, bytes, kept + got);
}

bool crowd_listen(uint64_t until) {
    struct epoll_event events[1024];
    uint64_t now = clock_ns();
    int patience = until > now ? (until - now) / 1000000 : 0;
    int n = epoll_wait(epoll, events, 1024, patience);
    bool called = false;
    for (int i = 0; i < n; i++) {
        Socket *socket = events[i].data.ptr;
        if (!socket)
            called = true;
        else if (socket->state == CONNECTING)
            shake_hands(socket);
        else if (socket->state != GONE)
            read_from(socket);
    }
    return called;
}
