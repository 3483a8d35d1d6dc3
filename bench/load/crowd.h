/* The crowd: thousands of sockets in one thread, by epoll. */
#ifndef CROWD_H
#define CROWD_H
#include "ledger.h"

typedef struct {
    int port;
    const char *path;   /* of the socket's address */
    const char *seats;  /* file with a seat token a line, one for each socket; or none */
    const char *hello;  /* text that each says once it is connected; or none */
    const char *ready;  /* how the frame begins that answers it */
    const char *say;    /* a message: $R is a fresh ref, $T the time, $N one of 0, 1, 2, 3 */
    bool deflate;       /* offer permessage-deflate, without context takeover */
} Manners;

typedef struct {
    size_t asked, open, refused, closed, deflated;
    double seconds; /* that the last ones took to come in */
} Attendance;

extern Attendance attendance;
extern Ledger ledger;

uint64_t clock_ns(void);
void crowd_begin(const Manners *manners, int also_watched);

/* Brings in `more` sockets, a few at a time, and waits until each is in, or is not. */
void crowd_enter(size_t more);

/* Listens for so long, or until something comes through what is also watched. True if it does. */
bool crowd_listen(uint64_t until);

/* Forgets what was counted: a new phase. */
void crowd_begin_phase(void);

/* Says one message from the socket that is `from`-th among those that are in. */
void crowd_say(size_t from);

#endif
