/* scribes: people who write one Yjs document at once, and people who read it. They do what they are
   told line by line and answer in JSON.

     open                     all come in, and wait until they have been given the document
     write RATE SECONDS       each writer types RATE letters a second; ends when all that can come has

   What they write was made beforehand, and is read from a file: writers and letters as two 32-bit
   numbers, then by writer and letter a 16-bit length and a Yjs update. Writer n has the client id
   FIRST_CLIENT + n; its letters have the clocks from FIRST_CLOCK on. Loopback only. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
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

#include "frames.h"
#include "ledger.h"

enum { FIRST_CLIENT = 1000, FIRST_CLOCK = 2 };
enum { AT_ONCE = 32, LONGEST = 1 << 22, LONGEST_MESSAGE = 4096, PATIENCE = 60, QUIET = 20 };
enum { SYNC = 0, AUTH = 2, SYNC_REPLY = 4, STEP_1 = 0, STEP_2 = 1, UPDATE = 2 };
enum { GC = 0, STRING_PIECE = 4, TYPE_PIECE = 7, SKIP = 10, ELEMENT = 3 };
static const uint64_t SECOND = 1000000000;

typedef enum { ROOM, PLAIN, HOCUSPOCUS } Dialect;
typedef enum { CONNECTING, SHAKING, GREETING, IN, GONE } State;

typedef struct {
    int fd;
    State state;
    size_t heard; /* letters, by whoever */
    uint8_t *kept;
    size_t kept_length;
} Person;

typedef struct {
    uint8_t *bytes;
    size_t length;
} Bytes;

typedef struct {
    const uint8_t *at, *end;
} Reader;

static Dialect dialect = PLAIN;
static int port, epoll;
static const char *path = "/", *document = "minutes";
static FILE *seats;
static uint32_t writers, letters, readers;
static Bytes *updates;     /* by writer and letter */
static uint64_t *sent_at;  /* likewise */
static Person *people;     /* writers first */
static size_t asked, entering, open_, closed;
static Ledger ledger;
static uint64_t deliveries, others;

static uint64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static void die(const char *why) {
    perror(why);
    exit(1);
}

/* Bytes ---------------------------------------------------------------------------------------- */

static uint64_t number(Reader *in) {
    uint64_t value = 0;
    for (int shift = 0; in->at < in->end && shift < 64; shift += 7) {
        uint8_t byte = *in->at++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) break;
    }
    return value;
}

static Reader bytes(Reader *in) {
    uint64_t length = number(in);
    if (length > (uint64_t)(in->end - in->at)) length = in->end - in->at;
    in->at += length;
    return (Reader){in->at - length, in->at};
}

static uint8_t *put_number(uint8_t *out, uint64_t value) {
    for (; value >= 128; value >>= 7) *out++ = value | 128;
    *out++ = value;
    return out;
}

static uint8_t *put_bytes(uint8_t *out, const void *given, size_t length) {
    out = put_number(out, length);
    memcpy(out, given, length);
    return out + length;
}

/* Saying --------------------------------------------------------------------------------------- */

static void leave(Person *person) {
    if (person->state == GONE) return;
    if (person->state == IN) open_--;
    else entering--;
    closed++;
    close(person->fd);
    person->state = GONE;
}

static void send_all(Person *person, const uint8_t *given, size_t length) {
    while (length) {
        ssize_t sent = send(person->fd, given, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return leave(person);
        if (sent < 0) {
            struct pollfd writable = {.fd = person->fd, .events = POLLOUT};
            poll(&writable, 1, 100);
            continue;
        }
        given += sent;
        length -= sent;
    }
}

static void send_frame(Person *person, int opcode, const void *payload, size_t length) {
    uint8_t frame[LONGEST_MESSAGE + LONGEST_HEADER];
    send_all(person, frame, frame_write(frame, opcode, true, payload, length));
}

/* Hocuspocus has many documents on a socket: each message says which. */
static uint8_t *begin(uint8_t *out) {
    return dialect == HOCUSPOCUS ? put_bytes(out, document, strlen(document)) : out;
}

static void send_sync(Person *person, int kind, const void *payload, size_t length) {
    uint8_t message[LONGEST_MESSAGE], *end = begin(message);
    *end++ = SYNC;
    *end++ = kind;
    end = put_bytes(end, payload, length);
    send_frame(person, BINARY, message, end - message);
}

static void ask_for_document(Person *person) {
    send_sync(person, STEP_1, "\0", 1);
}

static void greet(Person *person) {
    static const char HELLO[] = "{\"type\":\"hello\",\"epoch\":\"\",\"since\":0}";
    person->state = GREETING;
    if (dialect == ROOM) send_frame(person, TEXT, HELLO, sizeof HELLO - 1);
    if (dialect == HOCUSPOCUS) {
        uint8_t message[64], *end = begin(message);
        *end++ = AUTH;
        *end++ = 0;
        end = put_bytes(end, "token", 5);
        send_frame(person, BINARY, message, end - message);
    } else {
        ask_for_document(person);
    }
}

/* Hearing -------------------------------------------------------------------------------------- */

static void hear_letters(Person *person, uint64_t client, uint64_t clock, uint64_t count,
                         uint64_t now) {
    uint64_t writer = client - FIRST_CLIENT;
    if (writer >= writers || !ledger.began) return;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t letter = clock + i - FIRST_CLOCK;
        if (letter >= letters) continue;
        uint64_t sent = sent_at[writer * letters + letter];
        if (!sent) continue;
        person->heard++;
        deliveries++;
        if (person == &people[writer]) continue;
        others++;
        latency_add(&ledger.arrival, now - sent);
    }
}

/* One piece of a Yjs update; returns how many clocks it takes, 0 where it is none of ours. */
static uint64_t hear_piece(Reader *in, Person *person, uint64_t client, uint64_t clock,
                           uint64_t now) {
    uint8_t info = in->at < in->end ? *in->at++ : GC;
    if (info == GC || info == SKIP) return number(in);
    for (int flag = 0x80; flag >= 0x40; flag >>= 1)
        if (info & flag) number(in), number(in);
    if (!(info & 0xc0)) {
        if (number(in) == 1) bytes(in);
        else number(in), number(in);
        if (info & 0x20) bytes(in);
    }
    if ((info & 31) == TYPE_PIECE) {
        if (number(in) == ELEMENT) bytes(in);
        return 1;
    }
    if ((info & 31) != STRING_PIECE) return 0;
    Reader text = bytes(in);
    hear_letters(person, client, clock, text.end - text.at, now);
    return text.end - text.at;
}

static void hear_update(Person *person, Reader in, uint64_t now) {
    for (uint64_t clients = number(&in); clients; clients--) {
        uint64_t pieces = number(&in), client = number(&in), clock = number(&in);
        for (; pieces; pieces--) {
            uint64_t length = hear_piece(&in, person, client, clock, now);
            if (!length) return;
            clock += length;
        }
    }
}

static void come_in(Person *person) {
    if (person->state != GREETING) return;
    person->state = IN;
    open_++;
    entering--;
}

static void hear_binary(Person *person, Reader in, uint64_t now) {
    if (dialect == HOCUSPOCUS) bytes(&in);
    uint64_t lane = number(&in), kind = number(&in);
    if (lane == AUTH && dialect == HOCUSPOCUS && kind == 2) return ask_for_document(person);
    if (lane != SYNC && !(lane == SYNC_REPLY && dialect == HOCUSPOCUS)) return;
    if (kind == STEP_1) return send_sync(person, STEP_2, "\0\0", 2);
    hear_update(person, bytes(&in), now);
    if (kind == STEP_2) come_in(person);
}

static void hear_frame(Person *person, const Frame *frame, uint64_t now) {
    Reader payload = {frame->payload, frame->payload + frame->length};
    if (frame->opcode == PING) send_frame(person, PONG, frame->payload, frame->length);
    if (frame->opcode == CLOSE) leave(person);
    if (frame->opcode == BINARY) hear_binary(person, payload, now);
}

static size_t hear_handshake(Person *person, uint8_t *given, size_t length) {
    uint8_t *end = memmem(given, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!memmem(given, end - given, " 101 ", 5)) {
        if (!closed) fprintf(stderr, "%.*s\n", (int)(end - given), given);
        leave(person);
        return 0;
    }
    greet(person);
    return end + 4 - given;
}

static void keep(Person *person, const uint8_t *given, size_t length) {
    person->kept_length = length;
    if (!length) return;
    person->kept = realloc(person->kept, length);
    memcpy(person->kept, given, length);
}

static void read_from(Person *person) {
    static uint8_t given[2 * LONGEST];
    size_t length = person->kept_length, at = 0;
    if (length) memcpy(given, person->kept, length);
    ssize_t got = recv(person->fd, given + length, LONGEST, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return leave(person);
    length += got;
    uint64_t now = clock_ns();
    Frame frame;
    if (person->state == SHAKING && !(at = hear_handshake(person, given, length)))
        return keep(person, given, length);
    while (person->state != GONE && frame_read(given + at, length - at, &frame)) {
        hear_frame(person, &frame, now);
        at += frame.whole;
    }
    keep(person, given + at, length - at);
}

/* Coming in ------------------------------------------------------------------------------------ */

static void watch(Person *person, int how, uint32_t what) {
    struct epoll_event event = {.events = what, .data.ptr = person};
    if (epoll_ctl(epoll, how, person->fd, &event)) die("epoll_ctl");
}

static void enter(Person *person) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct linger at_once = {1, 0}; /* leaves no port behind in TIME_WAIT */
    int yes = 1;
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    person->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (person->fd < 0) die("socket");
    setsockopt(person->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(person->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (connect(person->fd, (void *)&there, sizeof there) && errno != EINPROGRESS) die("connect");
    entering++;
    watch(person, EPOLL_CTL_ADD, EPOLLOUT);
}

static void shake_hands(Person *person) {
    char request[2048], seat[512] = "";
    if (seats && fgets(seat, sizeof seat, seats)) seat[strcspn(seat, "\n")] = 0;
    int length = snprintf(
        request, sizeof request,
        "GET %s%s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
        path, *seat ? "?seat=" : "", seat, port, port,
        dialect == ROOM ? "Sec-WebSocket-Protocol: workshop.v1\r\n" : "");
    person->state = SHAKING;
    watch(person, EPOLL_CTL_MOD, EPOLLIN);
    send_all(person, (uint8_t *)request, length);
}

static void listen_until(uint64_t until) {
    struct epoll_event events[1024];
    uint64_t now = clock_ns();
    int n = epoll_wait(epoll, events, 1024, until > now ? (until - now) / 1000000 : 0);
    for (int i = 0; i < n; i++) {
        Person *person = events[i].data.ptr;
        if (person->state == CONNECTING) shake_hands(person);
        else if (person->state != GONE) read_from(person);
    }
}

static void open_all(void) {
    uint64_t until = clock_ns() + PATIENCE * SECOND;
    while ((asked < writers + readers || entering) && clock_ns() < until) {
        while (asked < writers + readers && entering < AT_ONCE) enter(&people[asked++]);
        listen_until(clock_ns() + SECOND / 50);
    }
    printf("{\"open\": %zu, \"closed\": %zu}\n", open_, closed);
}

/* Writing -------------------------------------------------------------------------------------- */

static void type_letter(uint64_t nth) {
    size_t writer = nth % writers, letter = nth / writers;
    if (people[writer].state != IN) return;
    Bytes *update = &updates[writer * letters + letter];
    sent_at[writer * letters + letter] = clock_ns();
    send_sync(&people[writer], UPDATE, update->bytes, update->length);
    ledger.sent++;
}

/* A server need not tell a writer what it wrote itself. */
static size_t converged(uint64_t each) {
    size_t there = 0;
    for (size_t i = 0; i < asked; i++)
        there += people[i].heard >= (i < writers ? ledger.sent - each : ledger.sent);
    return there;
}

static void hear_the_rest(uint64_t each) {
    uint64_t heard = 0, since = clock_ns(), until = since + PATIENCE * SECOND;
    while (converged(each) < asked && clock_ns() - since < QUIET * SECOND && clock_ns() < until) {
        if (deliveries != heard) since = clock_ns();
        heard = deliveries;
        listen_until(clock_ns() + SECOND / 100);
    }
}

static void write_for(double rate, double seconds) {
    uint64_t each = rate * seconds, total;
    if (each > letters) each = letters;
    total = each * writers;
    ledger_begin(&ledger, clock_ns());
    for (uint64_t nth = 0; nth < total; nth++) {
        uint64_t when = ledger.began + (uint64_t)(nth / (rate * writers) * SECOND);
        do listen_until(when);
        while (clock_ns() < when);
        type_letter(nth);
    }
    hear_the_rest(each);
    printf("{\"sent\": %llu, \"deliveries\": %llu, \"converged\": %zu, \"seconds\": %.3f, "
           "\"p50\": %.3f, \"p99\": %.3f, \"closed\": %zu}\n",
           (unsigned long long)ledger.sent, (unsigned long long)others, converged(each),
           (clock_ns() - ledger.began) / 1e9, latency_ms(&ledger.arrival, .5),
           latency_ms(&ledger.arrival, .99), closed);
}

static void read_updates(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file || fread(&writers, 4, 1, file) != 1 || fread(&letters, 4, 1, file) != 1) die(name);
    size_t count = (size_t)writers * letters;
    updates = calloc(count, sizeof *updates);
    sent_at = calloc(count, sizeof *sent_at);
    for (size_t i = 0; i < count; i++) {
        uint16_t length;
        if (fread(&length, 2, 1, file) != 1) die(name);
        updates[i] = (Bytes){malloc(length), length};
        if (fread(updates[i].bytes, 1, length, file) != length) die(name);
    }
    fclose(file);
}

static void understand(int argc, char **argv) {
    static const struct option OPTIONS[] = {
        {"port", required_argument, 0, 'p'},    {"path", required_argument, 0, 'P'},
        {"seats", required_argument, 0, 's'},   {"updates", required_argument, 0, 'u'},
        {"readers", required_argument, 0, 'r'}, {"dialect", required_argument, 0, 'd'},
        {0},
    };
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        if (option == 'p') port = atoi(optarg);
        if (option == 'P') path = optarg;
        if (option == 's' && !(seats = fopen(optarg, "r"))) die(optarg);
        if (option == 'u') read_updates(optarg);
        if (option == 'r') readers = atoi(optarg);
        if (option == 'd') dialect = *optarg == 'r' ? ROOM : *optarg == 'h' ? HOCUSPOCUS : PLAIN;
        if (option == '?') exit(2);
    }
}

int main(int argc, char **argv) {
    understand(argc, argv);
    people = calloc(writers + readers, sizeof *people);
    epoll = epoll_create1(0);
    char line[256];
    for (;;) {
        struct pollfd asked_for = {.fd = STDIN_FILENO, .events = POLLIN};
        if (!poll(&asked_for, 1, 0)) {
            listen_until(clock_ns() + SECOND / 100);
            continue;
        }
        ssize_t got = read(STDIN_FILENO, line, sizeof line - 1); /* one command at a time */
        double rate, seconds;
        if (got <= 0) return 0;
        line[got] = 0;
        if (!strncmp(line, "open", 4)) open_all();
        else if (sscanf(line, "write %lf %lf", &rate, &seconds) == 2) write_for(rate, seconds);
        else printf("{\"error\": \"what?\"}\n");
        fflush(stdout);
    }
}
