/* What was said and what was heard: counts, latencies, and who was told how often. */
#ifndef LEDGER_H
#define LEDGER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUCKETS = 2048 };

/* Microseconds, in buckets that grow with what they hold: within 3 % of the truth. */
typedef struct {
    uint64_t counts[BUCKETS], total, largest;
} Latencies;

/* Of one phase: begun anew by `ledger_begin`. */
typedef struct {
    uint64_t began;      /* when, in nanoseconds */
    uint64_t sent;       /* messages */
    uint64_t acked;      /* of them, answered with `done` */
    uint64_t refused;    /* of them, answered with `refused` */
    uint64_t deliveries; /* a message that reached a socket, however many shared its frame */
    uint64_t frames;     /* that carried messages */
    uint64_t payload;    /* bytes of those frames, as they travelled */
    uint64_t all_frames; /* whatever they carried */
    unsigned busiest;    /* the most frames with a poll's turnout that a socket had in a second */
    Latencies arrival, answer;
} Ledger;

/* How often one socket was told a poll's turnout, in the current second of the phase. */
typedef struct {
    uint32_t second, count;
} Pace;

/* What a payload holds for us. The texts of one moment are the same for thousands of sockets:
   they are looked through once. */
typedef struct {
    size_t marks;           /* messages in it */
    const uint64_t *sent;   /* when each was sent */
    bool turnout;
    int64_t answered;       /* the number of the message that this answers, or -1 */
    bool done;              /* how it was answered */
} Meaning;

enum { MARK_LENGTH = 20, REF_LENGTH = 36 };

void ledger_begin(Ledger *ledger, uint64_t now);

/* Twenty characters that tell when a message was sent. */
void mark_write(char *out, uint64_t now);

/* A ref of this run for message `number`: a lower-case UUID. */
void ref_write(char *out, uint64_t run, uint64_t number);

Meaning meaning_of(const uint8_t *text, size_t length);

void ledger_hear(Ledger *ledger, Pace *pace, const Meaning *meaning, size_t payload, uint64_t now);
void latency_add(Latencies *latencies, uint64_t nanoseconds);
double latency_ms(const Latencies *latencies, double quantile);

#endif
