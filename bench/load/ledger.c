#define _GNU_SOURCE
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_MARKS = 8192, REMEMBERED = 1 << 20 };

static const char MARK[] = "@T", DONE[] = "{\"type\":\"done\"", REFUSED[] = "{\"type\":\"refused\"",
                  TURNOUT[] = "\"polls.turnout/", REF[] = "\"ref\":\"";

void ledger_begin(Ledger *ledger, uint64_t now) {
    memset(ledger, 0, sizeof *ledger);
    ledger->began = now;
}

/* Latencies ------------------------------------------------------------------------------------ */

static int bucket_of(uint64_t us) {
    if (us < 64) return us;
    int power = 63 - __builtin_clzll(us);
    int bucket = 64 + (power - 6) * 32 + ((us >> (power - 5)) & 31);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double middle_of(int bucket) {
    if (bucket < 64) return bucket;
    int power = (bucket - 64) / 32 + 6, part = (bucket - 64) % 32;
    return (double)(1ull << power) + (part + 0.5) * (1ull << (power - 5));
}

void latency_add(Latencies *latencies, uint64_t nanoseconds) {
    uint64_t us = nanoseconds / 1000;
    latencies->counts[bucket_of(us)]++;
    latencies->total++;
    if (us > latencies->largest) latencies->largest = us;
}

double latency_ms(const Latencies *latencies, double quantile) {
    uint64_t before = quantile * latencies->total, passed = 0;
    for (int i = 0; i < BUCKETS; i++) {
        passed += latencies->counts[i];
        if (passed > before) return middle_of(i) / 1000;
    }
    return latencies->largest / 1000.0;
}

/* Marks and refs ------------------------------------------------------------------------------- */

void mark_write(char *out, uint64_t now) {
    char text[MARK_LENGTH + 1];
    snprintf(text, sizeof text, "%s%018llu", MARK, (unsigned long long)now % 1000000000000000000ull);
    memcpy(out, text, MARK_LENGTH);
}

void ref_write(char *out, uint64_t run, uint64_t number) {
    char text[REF_LENGTH + 1];
    snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(run >> 32),
             (unsigned)(run >> 16 & 0xffff), (unsigned)(run >> 4 & 0xfff),
             (unsigned)(run & 0xf) << 8, (unsigned long long)number & 0xffffffffffff);
    memcpy(out, text, REF_LENGTH);
}

static uint64_t mark_read(const uint8_t *digits) {
    uint64_t read = 0;
    for (int i = 0; i < MARK_LENGTH - 2; i++) read = read * 10 + (digits[i] - '0');
    return read;
}

/* The number of the message whose ref comes first in this text, or -1. */
static int64_t number_in(const uint8_t *text, size_t length) {
    const uint8_t *found = memmem(text, length, REF, sizeof REF - 1);
    if (!found || found + sizeof REF - 1 + REF_LENGTH > text + length) return -1;
    char digits[13] = {0};
    memcpy(digits, found + sizeof REF - 1 + REF_LENGTH - 12, 12);
    return strtoll(digits, NULL, 16);
}

/* What texts mean ------------------------------------------------------------------------------ */

static uint8_t remembered[REMEMBERED];
static size_t remembered_length;
static uint64_t marks[MOST_MARKS];
static Meaning last;

static bool begins(const uint8_t *text, size_t length, const char *with) {
    size_t n = strlen(with);
    return length >= n && !memcmp(text, with, n);
}

static size_t find_marks(const uint8_t *text, size_t length) {
    const uint8_t *end = text + length, *found = text;
    size_t n = 0;
    while (n < MOST_MARKS && (found = memmem(found, end - found, MARK, 2))) {
        if (end - found < MARK_LENGTH) break;
        marks[n++] = mark_read(found + 2);
        found += MARK_LENGTH;
    }
    return n;
}

static Meaning read_through(const uint8_t *text, size_t length) {
    bool done = begins(text, length, DONE);
    if (done || begins(text, length, REFUSED))
        return (Meaning){.answered = number_in(text, length), .done = done};
    bool turnout = memmem(text, length, TURNOUT, sizeof TURNOUT - 1);
    return (Meaning){find_marks(text, length), marks, turnout, -1, false};
}

Meaning meaning_of(const uint8_t *text, size_t length) {
    if (length == remembered_length && !memcmp(text, remembered, length)) return last;
    Meaning meaning = read_through(text, length);
    if (meaning.answered < 0 && length <= REMEMBERED) {
        memcpy(remembered, text, length);
        remembered_length = length;
        last = meaning;
    }
    return meaning;
}

/* Keeping the books ---------------------------------------------------------------------------- */

static void pace_count(Ledger *ledger, Pace *pace, uint64_t now) {
    uint32_t second = (now - ledger->began) / 1000000000 + 1;
    if (pace->second != second) *pace = (Pace){second, 0};
    if (++pace->count > ledger->busiest) ledger->busiest = pace->count;
}

void ledger_hear(Ledger *ledger, Pace *pace, const Meaning *meaning, size_t payload, uint64_t now) {
    ledger->all_frames++;
    if (meaning->turnout) pace_count(ledger, pace, now);
    size_t ours = 0;
    for (size_t i = 0; i < meaning->marks; i++) {
        if (meaning->sent[i] < ledger->began || meaning->sent[i] > now) continue;
        latency_add(&ledger->arrival, now - meaning->sent[i]);
        ours++;
    }
    if (!ours) return;
    ledger->deliveries += ours;
    ledger->frames++;
    ledger->payload += payload;
}
