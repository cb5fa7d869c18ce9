/* Loaded before libc into a server under test: every fsync and fdatasync takes so many microseconds longer, as on a disk that tells the truth. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void delay(void) {
    const char *text = getenv("ACCOUNTGRID_SYNC_DELAY_US");
    long microseconds = text ? atol(text) : 0;
    struct timespec pause = {microseconds / 1000000, (microseconds % 1000000) * 1000};
    if (microseconds > 0) {
        nanosleep(&pause, 0);
    }
}

int fsync(int file) {
    static int (*next)(int);
    if (!next) {
        next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }
    delay();
    return next(file);
}

int fdatasync(int file) {
    static int (*next)(int);
    if (!next) {
        next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    }
    delay();
    return next(file);
}
