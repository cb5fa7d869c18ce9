/*
 * Loaded before libc into a program under test: its clock is wrong by so many microseconds, and every fsync and fdatasync takes so many microseconds longer. Both
 * numbers stand in a file of 16 bytes that the test may change at any time (ACCOUNTGRID_TEST_FAULTS names it), so the fault can begin in the middle of a life.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct faults {
    volatile long long clock_us;
    volatile long long sync_us;
};

static const struct faults none;
static const struct faults *faults = &none;

__attribute__((constructor)) static void open_faults(void) {
    const char *path = getenv("ACCOUNTGRID_TEST_FAULTS");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *place = mmap(0, sizeof(struct faults), PROT_READ, MAP_SHARED, file, 0);
        if (place != MAP_FAILED) {
            faults = place;
        }
        close(file);
    }
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next) {
        next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = next(clock, time);
    long long wrong = faults->clock_us;
    if (result == 0 && wrong != 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        long long nanoseconds = time->tv_nsec + (wrong % 1000000) * 1000;
        time->tv_sec += wrong / 1000000 + (nanoseconds < 0 ? -1 : nanoseconds >= 1000000000);
        time->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *time, void *zone) {
    struct timespec now;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *place) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) {
        *place = now.tv_sec;
    }
    return now.tv_sec;
}

static void delay(void) {
    long long microseconds = faults->sync_us;
    if (microseconds > 0) {
        struct timespec pause = {microseconds / 1000000, (microseconds % 1000000) * 1000};
        nanosleep(&pause, 0);
    }
}

int fsync(int file) {
    delay();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    delay();
    return (int)syscall(SYS_fdatasync, file);
}
