"""A clock that jumps: a small library that is loaded before all others and shifts what they read of the time of day."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from experiments.benchmark.fault_rows.outcome import NotMade

PERIOD = 700  # milliseconds between jumps
SOURCE = """\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec *);

/* right, an hour ahead, an hour behind, and so on, in all processes at once */
static long shift(void) {
    struct timespec since;
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real(CLOCK_MONOTONIC, &since);
    long hours[] = {0, 1, -1};
    return 3600 * hours[(since.tv_sec * 1000 + since.tv_nsec / 1000000) / PERIOD % 3];
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    long seconds = shift();
    int code = real(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += seconds;
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *place) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (place) *place = exact.tv_sec;
    return exact.tv_sec;
}
"""


def jumping_clock(folder: Path) -> dict[str, str]:
    """Return the variables with which the clock jumps by an hour either way, for every process of a command.

    It covers the time of day of Python, NumPy, SQLite and MLflow; the times of files are the system's own.

    Raises:
        NotMade: there is no C compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotMade("there is no C compiler (cc) for the library that shifts the clock")
    folder.mkdir()
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(SOURCE.replace("PERIOD", str(PERIOD)))
    words = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMade(f"the library that shifts the clock cannot be compiled: {done.stderr[:200]}")
    return {"LD_PRELOAD": str(library)}
