#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

/// renameat2(2) with `RENAME_NOREPLACE`: the C library's module hides it from Swift, which cannot call syscall(2) itself.
/// 0, or -1 and `errno`: `EEXIST` where the target is taken, `EINVAL` where the file system cannot do it in one step.
static inline int rename_without_replacing(int from, const char *name, int onto, const char *target) {
    return (int)syscall(SYS_renameat2, from, name, onto, target, 1u);
}

/// A file without a name on any disk, gone with its last descriptor, which no program that is started inherits. -1 and `errno`.
static inline int anonymous_file(const char *label) {
    return (int)syscall(SYS_memfd_create, label, 1u);
}

// Declared here under a name of our own: <spawn.h> brings a <sys/select.h> along that differs from the one other modules were built with.
extern int close_descriptors_from(void *actions, int first) __asm__("posix_spawn_file_actions_addclosefrom_np");

/// Lets a program that is started inherit no descriptor from `first` on. `actions` is a `posix_spawn_file_actions_t`. 0, or an error number.
static inline int close_from(void *actions, int first) {
    return close_descriptors_from(actions, first);
}
