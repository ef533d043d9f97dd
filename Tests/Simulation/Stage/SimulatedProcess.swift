import Domain
import Engine
import Foundation
import Synchronization
import TestKit

/// Stands for the death of a process: nothing in the program catches it.
struct Killed: Error {}

/// One process of the program under test: a thread that runs its tasks, a clock, and the faults that wait on its way.
///
/// `@unchecked Sendable`: its state is touched by the holder of the baton alone; the queue of jobs has a lock.
final class SimulatedProcess: TaskExecutor, @unchecked Sendable {
    let number: Int
    unowned let stage: Stage
    /// What happens at the crossing with this number, counted from 1.
    var faults: [Int: () throws -> Void] = [:]
    private(set) var crossings = 0
    private(set) var isDead = false
    private(set) var isOver = false
    /// Every crossing so far, for stories and for choosing where to strike.
    private(set) var trail: [String] = []
    var clockError: Duration = .zero
    /// So many commits find the disk full.
    var commitsWithoutRoom = 0

    private var pausedUntil: Duration = .zero
    private var isYielding = false
    private var sleepers: [(id: Int, until: Duration, wake: CheckedContinuation<Void, any Error>)] = []
    private var nextSleeper = 0
    private let jobs = Mutex<[UnownedJob]>([])
    private let turn = DispatchSemaphore(value: 0)
    private var isThreadEnding = false
    private var isBodyDone = false

    init(number: Int, stage: Stage) {
        self.number = number
        self.stage = stage
        let thread = Thread { [self] in loop() }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Begins the process's work; it runs when the stage gives it its turn.
    func start(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) {
            await body()
            self.isBodyDone = true
        }
    }

    // MARK: The baton, held by the director

    func isRunnable(at now: Duration) -> Bool {
        guard isDead || pausedUntil <= now else { return false }
        return isYielding || jobs.withLock { !$0.isEmpty }
    }

    /// When it can run again by itself; `nil` where nothing is to come.
    var nextWake: Duration? {
        let sleeping = sleepers.map(\.until).min()
        if isYielding || jobs.withLock({ !$0.isEmpty }) { return pausedUntil }
        return sleeping.map { max($0, pausedUntil) }
    }

    /// Gives the baton to the process and waits until it comes back.
    func run() {
        turn.signal()
        stage.director.wait()
        if isBodyDone, jobs.withLock({ $0.isEmpty }), !isYielding { isOver = true }
    }

    func wakeSleepers(at now: Duration) {
        guard isDead || pausedUntil <= now else { return }
        let due = sleepers.filter { isDead || $0.until <= now }
        sleepers.removeAll { sleeper in due.contains { $0.id == sleeper.id } }
        for sleeper in due { isDead ? sleeper.wake.resume(throwing: CancellationError()) : sleeper.wake.resume() }
    }

    /// Ends its thread.
    func finish() {
        isThreadEnding = true
        turn.signal()
    }

    // MARK: The baton, held by the process

    private func loop() {
        while true {
            turn.wait()
            if isThreadEnding { return }
            while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
            stage.director.signal()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Hands the baton back in the middle of whatever runs and waits for the next turn.
    private func handOver() {
        isYielding = true
        stage.director.signal()
        turn.wait()
        isYielding = false
    }

    // MARK: What happens to it

    /// A place where control leaves the process.
    func cross(_ name: String, _ moment: Boundary.Moment) throws {
        if isDead { throw Killed() }
        crossings += 1
        if trail.count < 400 { trail.append("\(name) \(moment.rawValue)") }
        if let fault = faults.removeValue(forKey: crossings) { try fault() }
        if isDead { throw Killed() }
        if commitsWithoutRoom > 0, name == "ledger.commit", moment == .before {
            commitsWithoutRoom -= 1
            throw Diagnostic("LEDGER-DISK", "the ledger cannot be written: SQLITE_FULL", fix: "free space on that disk", kind: .transient)
        }
    }

    func kill() {
        isDead = true
        for sleeper in sleepers { sleeper.wake.resume(throwing: CancellationError()) }
        sleepers = []
    }

    /// Stops where it is; the world goes on around it for that long.
    func pause(for duration: Duration) {
        pausedUntil = stage.clock.uptime + duration
        handOver()
    }

    /// Lets another process go first, if one can.
    func yield(to other: SimulatedProcess?) {
        stage.preferred = other
        handOver()
    }

    // MARK: Its clocks

    var timeline: Timeline {
        Timeline(
            now: { [self] in stage.clock.truth.adding(stage.clock.machineError).adding(clockError) },
            uptime: { [self] in stage.clock.uptime },
            sleep: { [self] in try await sleep($0) },
            randomBytes: { [self] count in stage.random.bytes(count) }
        )
    }

    /// What renews leases: it stands still with the process.
    var pulse: Pulse {
        Pulse { every, tick in
            let task = Task(executorPreference: self) {
                while !Task.isCancelled {
                    do { try await self.sleep(every) } catch { return }
                    tick()
                }
            }
            return { task.cancel() }
        }
    }

    func sleep(_ duration: Duration) async throws {
        if isDead { throw CancellationError() }
        try Task.checkCancellation()
        nextSleeper += 1
        let id = nextSleeper
        let until = stage.clock.uptime + max(duration, .milliseconds(1))
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                sleepers.append((id, until, continuation))
            }
        } onCancel: { [self] in
            guard let index = sleepers.firstIndex(where: { $0.id == id }) else { return }
            sleepers.remove(at: index).wake.resume(throwing: CancellationError())
        }
    }
}
