import Glibc

/// How much more work twice the input is, in time that this thread computed: what other processes do, and how quick the machine is,
/// plays no part in it.
package enum WorkMeter {
    /// Seconds of this thread's own computing.
    package static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = now()
        try body()
        return now() - start
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    /// The work of four times the size, as a multiple: about 4 where it grows with the size, 16 where it grows with its square. The
    /// best of three, because caches differ; work that cannot be measured counts as a millisecond.
    package static func growth(from size: Int, _ body: (_ size: Int) throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<3 {
            let small = try seconds { try body(size) }
            let large = try seconds { try body(size * 4) }
            best = min(best, large / max(small, 0.001))
            if best < 6 { break }
        }
        return best
    }

    /// Between 4 and 16, nearer to the first.
    package static let bound = 9.0
}
