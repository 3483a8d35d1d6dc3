/* load: a crowd on WebSockets, which does what it is told line by line and answers in JSON.

     open N                            N more sockets come in
     rest SECONDS                      they listen
     say COUNT BURST PERIOD SPEAKERS   they say COUNT messages, BURST at once every PERIOD seconds,
                                       SPEAKERS of them in turn; ends when all that can come has

   Between two commands they listen too, so that nobody is taken for gone. Loopback only. */

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"

enum { QUIET = 10, PATIENCE = 30 }; /* seconds without anything new; in all */
static const uint64_t SECOND = 1000000000;

static void listen_until(uint64_t until) {
    while (clock_ns() < until) crowd_listen(until);
}

static void tell_attendance(void) {
    printf("{\"open\": %zu, \"refused\": %zu, \"closed\": %zu, \"deflated\": %zu, "
           "\"seconds\": %.3f}\n",
           attendance.open, attendance.refused, attendance.closed, attendance.deflated,
           attendance.seconds);
}

static void tell_ledger(double seconds) {
    const Ledger *l = &ledger;
    printf("{\"sent\": %llu, \"acked\": %llu, \"refused\": %llu, \"deliveries\": %llu, "
           "\"frames\": %llu, \"payload\": %llu, \"all_frames\": %llu, \"busiest\": %u, "
           "\"seconds\": %.3f, \"arrival_p50\": %.3f, \"arrival_p99\": %.3f, "
           "\"answer_p50\": %.3f, \"answer_p99\": %.3f, \"open\": %zu, \"closed\": %zu}\n",
           (unsigned long long)l->sent, (unsigned long long)l->acked,
           (unsigned long long)l->refused, (unsigned long long)l->deliveries,
           (unsigned long long)l->frames, (unsigned long long)l->payload,
           (unsigned long long)l->all_frames, l->busiest, seconds,
           latency_ms(&l->arrival, .5), latency_ms(&l->arrival, .99), latency_ms(&l->answer, .5),
           latency_ms(&l->answer, .99), attendance.open, attendance.closed);
}

/* Listens until every message is everywhere, or nothing has come for a while, or too long. */
static void hear_the_rest(bool marked) {
    uint64_t heard = 0, since = clock_ns(), until = since + PATIENCE * SECOND;
    while (clock_ns() - since < QUIET * SECOND && clock_ns() < until) {
        uint64_t now = ledger.deliveries + ledger.acked + ledger.refused;
        if (now != heard) since = clock_ns();
        heard = now;
        if (marked && ledger.deliveries >= (ledger.sent - ledger.refused) * attendance.open) return;
        if (!marked && ledger.acked + ledger.refused >= ledger.sent) return;
        crowd_listen(clock_ns() + SECOND / 100);
    }
}

static void say(size_t count, size_t burst, double period, size_t speakers, bool marked) {
    crowd_begin_phase();
    for (size_t said = 0; said < count && attendance.open;) {
        listen_until(ledger.began + (uint64_t)(said / burst * period * SECOND));
        for (size_t i = 0; i < burst && said < count; i++, said++)
            crowd_say(said % speakers * attendance.asked / speakers);
    }
    listen_until(ledger.began + (uint64_t)(ceil((double)count / burst) * period * SECOND));
    hear_the_rest(marked);
    tell_ledger((clock_ns() - ledger.began) / 1e9);
}

static void obey(const char *line, bool marked) {
    size_t count, burst, speakers;
    double seconds;
    if (sscanf(line, "open %zu", &count) == 1) {
        crowd_enter(count);
        tell_attendance();
    } else if (sscanf(line, "rest %lf", &seconds) == 1) {
        listen_until(clock_ns() + (uint64_t)(seconds * SECOND));
        tell_attendance();
    } else if (sscanf(line, "say %zu %zu %lf %zu", &count, &burst, &seconds, &speakers) == 4) {
        say(count, burst, seconds, speakers, marked);
    } else {
        printf("{\"error\": \"what?\"}\n");
    }
    fflush(stdout);
}

static Manners understood(int argc, char **argv) {
    static const struct option OPTIONS[] = {
        {"port", required_argument, 0, 'p'},  {"path", required_argument, 0, 'P'},
        {"seats", required_argument, 0, 's'}, {"hello", required_argument, 0, 'h'},
        {"ready", required_argument, 0, 'r'}, {"say", required_argument, 0, 'm'},
        {"deflate", no_argument, 0, 'z'},     {0},
    };
    Manners manners = {.path = "/", .say = "$T", .ready = ""};
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        if (option == 'p') manners.port = atoi(optarg);
        if (option == 'P') manners.path = optarg;
        if (option == 's') manners.seats = optarg;
        if (option == 'h') manners.hello = optarg;
        if (option == 'r') manners.ready = optarg;
        if (option == 'm') manners.say = optarg;
        if (option == 'z') manners.deflate = true;
        if (option == '?') exit(2);
    }
    return manners;
}

int main(int argc, char **argv) {
    Manners manners = understood(argc, argv);
    bool marked = strstr(manners.say, "$T") != NULL;
    char line[256];
    crowd_begin(&manners, STDIN_FILENO);
    for (;;) {
        if (!crowd_listen(clock_ns() + SECOND)) continue;
        ssize_t got = read(STDIN_FILENO, line, sizeof line - 1); /* one command at a time */
        if (got <= 0) return 0;
        line[got] = 0;
        obey(line, marked);
    }
}
