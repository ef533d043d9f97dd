import Domain
import StateStore

/// The mirror's keys in portions: all of them in its own order, or a sample.
struct MirrorWalk {
    private let ledger: Ledger
    private let entity: String
    private var sample: [RecordKey]?
    private var part = 0
    private var waiting: [MirrorEntry] = []

    init(_ ledger: Ledger, entity: String, _ scope: Reconciler.Scope) throws {
        self.ledger = ledger
        self.entity = entity
        if case .sample(let size) = scope { sample = try ledger.read { try $0.sampleKeys(entity: entity, size: size) } }
    }

    mutating func next(_ count: Int) throws -> [MirrorEntry]? {
        while waiting.count < count, try fill() {}
        guard !waiting.isEmpty else { return nil }
        defer { waiting.removeFirst(min(count, waiting.count)) }
        return Array(waiting.prefix(count))
    }

    private mutating func fill() throws -> Bool {
        let (ledger, entity) = (ledger, entity)
        if let keys = sample {
            guard !keys.isEmpty else { return false }
            waiting += try ledger.read { reader in try keys.compactMap { try reader.mirror(entity: entity, key: $0) } }
            sample = []
            return true
        }
        guard part < RowSpill.parts else { return false }
        waiting += try ledger.read { try $0.mirrorEntries(entity: entity, keyHashes: KeyHash.range(part: part, of: RowSpill.parts)) }
        part += 1
        return true
    }
}
