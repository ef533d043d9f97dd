import Domain
import Endpoints
import Synchronization
import TestKit

/// What is known of servers, in memory; the program keeps it in its ledger.
final class ProbeBook: Sendable {
    private let kept = Mutex<[ServerProbe]>([])
    private let folder = TemporaryFolder()
    private let names: ProbeNames

    init(mark: String = "this ledger") { names = ProbeNames(mark: ContentHash(of: Array(mark.utf8))) }

    /// Every probe that was made, in order.
    var made: [ServerProbe] { kept.withLock { $0 } }
    var lockPath: String { folder.path + "/probe.lock" }

    func memory(_ occasion: ProbeMemory.Occasion = .onChange, timeline: Timeline = .system) -> ProbeMemory {
        ProbeMemory(occasion, names: names, lockPath: lockPath, timeline: timeline) { identity in
            self.kept.withLock { kept in kept.last { $0.identity == identity } }
        } keep: { probe in
            self.kept.withLock { $0.append(probe) }
        }
    }
}
