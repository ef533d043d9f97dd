import CMalloc

/// How the C library keeps memory for this process.
///
/// By default each thread has a pool of its own and a large buffer, once freed, stays in it: what a run holds then depends on how many threads its work
/// passed through, and a million rows took a fifth more than ten thousand. One pool for all, and buffers from 128 KB on go back
/// to the system at once: the two take the same, and no more CPU.
enum ProcessMemory {
    /// Before the first thread.
    static func settle() {
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
    }
}
