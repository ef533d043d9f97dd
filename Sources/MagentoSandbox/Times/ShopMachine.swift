/// The calls that a shop works on at one time, and how far each of them is. A value without a clock: whoever drives it says what time it is.
///
/// All calls in flight share the machine: each goes on at the share of its own speed that the gain of its route leaves it. Calls beyond the
/// number of workers wait in the order in which they came.
package struct ShopMachine: Sendable {
    package typealias Call = Int

    private struct Work {
        var rest: Double
        var gain: CallTimes.Gain
    }

    private let workers: Int
    private var now: Double = 0
    private var next = 0
    private var running: [Call: Work] = [:]
    private var queue: [(call: Call, work: Work)] = []

    package init(workers: Int? = nil) { self.workers = max(1, workers ?? .max) }

    /// Calls that are worked on.
    package var inFlight: Int { running.count }

    /// A call comes that would take `seconds` if it were alone.
    package mutating func begin(_ seconds: Double, gain: CallTimes.Gain, at time: Double) -> Call {
        advance(to: time)
        next += 1
        let work = Work(rest: seconds, gain: gain)
        if running.count < workers { running[next] = work } else { queue.append((next, work)) }
        return next
    }

    /// The call turns out to be so much more work. Answers the call that it is from now on: another one where it was thought to be done, of which so much
    /// of its whole time is over.
    package mutating func extend(
        _ call: Call, by seconds: Double, spent: Double = 0, of whole: Double = .infinity, gain: CallTimes.Gain, at time: Double
    ) -> Call {
        advance(to: time)
        if running[call] != nil {
            running[call]?.rest += seconds
        } else if let place = queue.firstIndex(where: { $0.call == call }) {
            queue[place].work.rest += seconds
        } else {
            return begin(whole.isFinite ? max(0, min(seconds, whole - spent)) : seconds, gain: gain, at: time)
        }
        return call
    }

    package func isDone(_ call: Call) -> Bool { running[call] == nil && !queue.contains { $0.call == call } }

    /// The seconds that have to pass before the call can be done, whatever else comes or goes; 0 when it is.
    package func leastWait(_ call: Call) -> Double {
        if let work = running[call] { return max(0, work.rest / work.gain.best) }
        return queue.first { $0.call == call }.map { max(0, $0.work.rest / $0.work.gain.best) } ?? 0
    }

    /// When the next call is done, if none comes before it.
    package var nextEnd: Double? {
        running.values.map { now + max(0, $0.rest) / $0.gain.share(of: running.count) }.min()
    }

    /// Lets the time pass, call by call as they are done.
    package mutating func advance(to time: Double) {
        while let end = nextEnd, end <= time {
            work(until: end)
            for (call, work) in running where work.rest <= 1e-9 { running[call] = nil }
            while running.count < workers, !queue.isEmpty {
                let first = queue.removeFirst()
                running[first.call] = first.work
            }
        }
        work(until: time)
    }

    /// How long these calls take when always so many of them are in flight, as long as there are any left.
    package static func seconds(_ calls: [(seconds: Double, gain: CallTimes.Gain)], inFlight: Int, workers: Int? = nil) -> Double {
        var machine = ShopMachine(workers: workers)
        var waiting = calls[...]
        var open: [Call] = []
        while true {
            while open.count < inFlight, let next = waiting.popFirst() { open.append(machine.begin(next.seconds, gain: next.gain, at: machine.now)) }
            guard let end = machine.nextEnd else { return machine.now }
            machine.advance(to: end)
            open.removeAll(where: machine.isDone)
        }
    }

    private mutating func work(until time: Double) {
        let passed = time - now
        guard passed > 0 else { return }
        let calls = running.count
        for call in running.keys {
            guard let gain = running[call]?.gain else { continue }
            running[call]?.rest -= passed * gain.share(of: calls)
        }
        now = time
    }
}
