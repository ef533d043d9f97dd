#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

/// renameat2(2) with `RENAME_NOREPLACE`: the C library's module hides it from Swift, which cannot call syscall(2) itself.
/// 0, or -1 and `errno`: `EEXIST` where the target is taken, `EINVAL` where the file system cannot do it in one step.
static inline int rename_without_replacing(int from, const char *name, int onto, const char *target) {
    return (int)syscall(SYS_renameat2, from, name, onto, target, 1u);
}
