import Domain
import Endpoints
import Formats
import StateStore
import Synchronization

/// One look at a flow's folder: note every entry, take the files that are finished, leave the rest for the next look.
struct IntakeStage: Sendable {
    let ledger: Ledger
    let flow: String
    let pull: Pull
    let spool: Spool
    let timeline: Timeline
    let lease: LeaseKeeper
    /// Where the done file states a count; `nil` where no number in it is one.
    var doneCount: DoneCount?
    /// Reads a file of a set as its plan will; throws what is wrong with it.
    var prove: @Sendable (SpooledFile, RemoteFile) throws -> SetProof = { _, file in SetProof(records: nil, moment: file.modified) }
    /// Whether nothing may overtake what came before it.
    var isInOrder = false
    /// Whether the program ended over files of this flow: then one is taken in hand at a time, so that the next end tells which one it is.
    var isCareful = false

    /// A file that is now ours.
    struct ClaimedFile: Sendable {
        var drop: FileDrop
        var delivery: Delivery
        /// The program ended while this file, or others with it, was in hand.
        var isSuspect = false
    }

    struct ScanResult: Sendable {
        var taken: [ClaimedFile] = []
        /// Names that are there and not finished being written, with the reason.
        var waiting: [String] = []
        /// What a person should know of names in the folder.
        var notes: [String] = []
        /// The longest time after which a waiting file may be finished; `nil` where only the sender knows.
        var nextLook: Duration?
        /// A large file may still be written over within the tick of its time: it is read once that is past, so long from now.
        var youngest: Duration?
        /// Sets whose files are all there.
        var sets: [FileSet] = []
        /// Why a file, or what else is in the folder, could not be taken; the others were.
        var trouble: Diagnostic?
    }

    /// What is to be done with one file.
    struct Task: Sendable {
        enum Purpose: Sendable {
            case take
            /// It was read before, too soon to be sure that nothing was written since: its bytes are compared with these.
            case compare(ContentHash)
        }

        var drop: FileDrop
        var purpose: Purpose
        /// Its done file, as the listing showed it.
        var announcement: RemoteFile?
        /// The set that it comes with.
        var member: FileSet.Member?

        var path: RemotePath { RemotePath(folder: drop.folder, name: drop.aside ?? drop.file.name) }
    }

    func look(progress: @escaping @Sendable (FlowEvent) -> Void) async throws -> ScanResult {
        let caught = try await lookOnce(progress: progress)
        // A server whose times are coarser than that is looked at again by the next run.
        guard let wait = caught.youngest, wait <= Self.longestWaitForAge else { return caught }
        try await timeline.sleep(wait + .milliseconds(100))
        return try await lookOnce(progress: progress)
    }

    private static let longestWaitForAge = Duration.seconds(5)

    private func lookOnce(progress: @escaping @Sendable (FlowEvent) -> Void) async throws -> ScanResult {
        progress(.connecting(endpoint: pull.endpoint.name))
        let seen = Mutex(ScanResult())
        let endpoint: any Endpoint = isCareful ? OneSession(wrapped: pull.endpoint) : pull.endpoint
        let received = await endpoint.workThrough { session in
            let (tasks, caught) = try settled(session)
            seen.withLock { $0 = caught }
            return tasks
        } each: { task, session in
            try receive(task, session, progress: progress)
        }
        let judged = try judge(seen.withLock { $0.sets }, received.answers)
        // What arrived is noted also where the look failed, so that nothing in the spool is unknown.
        var caught = try stage(received.answers, judged, after: seen.withLock { $0 })
        if let failure = received.failure {
            // What is held is not kept waiting by what could not be fetched.
            guard let diagnostic = failure as? Diagnostic, !caught.taken.isEmpty else { throw failure }
            caught.trouble = diagnostic
        }
        return caught
    }

    /// Notes what is in the folder. Answers the finished files in the order they are to be taken, and what is not finished.
    private func settled(_ session: any EndpointSession) throws -> ([Task], ScanResult) {
        let look = ScanTime(timeline)
        var caught = ScanResult()
        let scan = try scan(session)
        let precision = session.capabilities.timestampPrecision
        caught.trouble = scan.trouble
        caught.notes = scan.notes
        let looks = try lookAtSets(scan, session)
        var settled: [Task] = []
        try ledger.write(as: lease) { writer in
            var seen: Set<Int64> = []
            var unready: [FileDrop] = []
            for entry in scan.selected {
                let entry = try timed(entry, look, writer)
                let (drop, judged, announcement) = try note(entry, scan, look, writer)
                seen.insert(drop.id)
                if let task = try comparison(of: drop, entry.file, judged.observation, announcement, look, precision, writer) {
                    settled.append(task)
                }
                guard drop.state == .waiting || drop.state == .downloading else { continue }
                guard entry.file.size <= pull.maximumSize else {
                    let refusal = EndpointFault.tooLarge(
                        RemotePath(folder: entry.folder, name: entry.file.name), size: entry.file.size, cap: pull.maximumSize)
                    try refuse(drop, refusal, &caught, writer)
                    continue
                }
                switch judged.verdict {
                case .settled where isYoung(entry.file, judged.observation, look, precision):
                    caught.youngest = ReadingCertainty.tick(of: precision)
                    unready.append(drop)
                    caught.waiting.append("\(Escaped(entry.file.name)): it was written just now")
                    caught.nextLook = ReadingCertainty.tick(of: precision)
                case .settled: settled.append(Task(drop: drop, purpose: .take, announcement: announcement))
                case .waiting(let cause):
                    unready.append(drop)
                    caught.waiting.append("\(Escaped(entry.file.name)): waiting for its \(cause.rawValue)")
                    if case .unchanged(let wait) = pull.settle { caught.nextLook = wait }
                }
            }
            settled = try arrange(looks, settled, unready, look, &caught, &seen, writer)
            _ = try writer.markVanished(flow: flow, folder: pull.folder, except: seen)
        }
        // Files of one moment go by their names: times are coarse, and a listing has no order (fault F98).
        let ordered = settled.sorted { one, other in
            if one.drop.file.modified != other.drop.file.modified { return one.drop.file.modified < other.drop.file.modified }
            if one.drop.file.name != other.drop.file.name { return one.drop.file.name.lexicographicallyPrecedes(other.drop.file.name) }
            // The one that we hold was written before the one under its name.
            if (one.drop.aside == nil) != (other.drop.aside == nil) { return one.drop.aside != nil }
            return one.drop.id < other.drop.id
        }
        return (ordered, caught)
    }

    /// A file whose server says no time has the time at which its content was first seen here: it stays while the content stays.
    private func timed(_ entry: FolderScan.Entry, _ look: ScanTime, _ writer: LedgerWriter) throws -> FolderScan.Entry {
        guard entry.file.gaps.contains(.time) else { return entry }
        let last = try writer.reader.drop(flow: flow, folder: entry.folder, name: entry.file.name, aside: entry.aside)
        let isKnown = last.map { $0.state != .vanished && $0.state != .removed && $0.file.mark == entry.file.mark } ?? false
        var entry = entry
        entry.file.modified = isKnown ? last?.file.modified ?? look.wall : look.wall
        return entry
    }

    private func isYoung(_ file: RemoteFile, _ observation: Observation, _ look: ScanTime, _ precision: Duration) -> Bool {
        file.mark == nil && file.size > Self.twiceReadSize && observation.certainty(ofReadingAt: look, precision: precision) == .doubtful
    }

    func note(
        _ entry: FolderScan.Entry, _ scan: FolderScan, _ look: ScanTime, _ writer: LedgerWriter
    ) throws -> (drop: FileDrop, judged: (observation: Observation, verdict: SettleVerdict), announcement: RemoteFile?) {
        let file = entry.file
        let announcement = try announcement(of: file, in: entry.folder, scan.doneFiles, writer.reader)
        let policy = entry.aside == nil ? pull.settle : heldSettle
        var judged = (observation: Observation(file, after: nil, at: look), verdict: SettleVerdict.waiting(.steadiness))
        let drop = try writer.look(
            at: file, flow: flow, folder: entry.folder, aside: entry.aside, now: look.wall
        ) { earlier in
            judged = policy.judge(
                file, earlier: earlier.flatMap { Observation(text: $0) }, announcement: announcement == nil ? .absent : .present, at: look
            )
            return judged.observation.text
        }
        return (drop, judged, announcement)
    }

    /// The done file that announces `file`; `nil` where there is none, or only the one of the file before it.
    func announcement(
        of file: RemoteFile, in folder: String, _ doneFiles: [[UInt8]: RemoteFile], _ reader: LedgerReader
    ) throws -> RemoteFile? {
        guard let found = pull.selection.doneFile.flatMap({ doneFiles[$0.announcement(of: file.name)] }) else { return nil }
        let earlier = try reader.control(before: .max, flow: flow, folder: folder, name: file.name)
        // Without times the file that it announced before cannot be told from this one; it went with that one, unless both were left.
        if found.gaps.contains(.time) { return found }
        return earlier?.isInstance(found) == true && found.modified < file.modified ? nil : found
    }

    /// Under a private name there is nobody who could announce a file; it may still have been written when it was put there.
    private var heldSettle: SettlePolicy {
        if case .announced = pull.settle { .unchanged(for: .seconds(30)) } else { pull.settle }
    }

    /// A file that was left and whose reading is doubtful is read once more, as soon as that is sure to settle it.
    private func comparison(
        of drop: FileDrop, _ file: RemoteFile, _ observation: Observation, _ announcement: RemoteFile?, _ look: ScanTime, _ precision: Duration,
        _ writer: LedgerWriter
    ) throws -> Task? {
        guard drop.state == .done || drop.state == .duplicate || drop.state == .quarantined, drop.certainty == .doubtful,
            observation.certainty(ofReadingAt: look, precision: precision) == .proven, let id = drop.delivery,
            let delivery = try writer.reader.delivery(id)
        else { return nil }
        var drop = drop
        drop.file.mark = file.mark
        return Task(drop: drop, purpose: .compare(delivery.hash), announcement: announcement)
    }

    func refuse(_ drop: FileDrop, _ refusal: Diagnostic, _ caught: inout ScanResult, _ writer: LedgerWriter) throws {
        try writer.refuse(drop: drop.id, because: "\(refusal.code): \(refusal.summary)")
        caught.waiting.append("\(Escaped(drop.file.name)): \(refusal.code): \(refusal.summary)")
        caught.trouble = caught.trouble ?? refusal
    }
}
