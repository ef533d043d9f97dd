import Domain

/// The smallest entity with everything prices need: a figure per key that may be good from a later instant on.
/// A value is the figure's text; a figure that grows tenfold is marked.
struct DatedFigures: EntityDefinition {
    var name: String
    /// The field that holds the figure, so that two entities can read the same file.
    var field: String

    var fields: [EntityField] {
        [EntityField("sku", .text, ""), EntityField(field, .decimal, ""), EntityField("valid_from", .instant, "")]
    }

    func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter { Interpreter(now: instant) }
    func describe(_ value: EncodedValue) -> String { String(decoding: value, as: UTF8.self) }
    func isAvailable(_ value: ArraySlice<UInt8>) -> Bool { false }
    func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue { value }
    func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool { wanted == observed }

    private struct Interpreter: RowInterpreter {
        let now: UTCInstant

        mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
            for entry in batch.entries where entry.rejection < 0 {
                guard case .text(let key) = batch.cell(entry, row: 0, field: 0),
                    case .decimal(let figure) = batch.cell(entry, row: 0, field: 1)
                else { continue }
                var from: Int64 = 0
                if case .instant(let instant) = batch.cell(entry, row: 0, field: 2) { from = instant.milliseconds }
                rows.append(key: batch.bytes[key], origin: entry.origin) { bytes in
                    ByteWriter.signed(from, into: &bytes)
                    bytes += Array(figure.description.utf8)
                }
            }
        }

        mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
            let dated = group.rows.enumerated().compactMap { index, row -> (from: Int64, row: Int, value: EncodedValue)? in
                let payload = group.payload(row)
                var reader = ByteReader(payload)
                guard let bits = try? reader.varint() else { return nil }
                let from = Int64(bits >> 1) ^ -Int64(bits & 1)
                var length: [UInt8] = []
                ByteWriter.varint(bits, into: &length)
                return (from, index, Array(payload.dropFirst(length.count)))
            }.sorted { $0.from < $1.from }
            var verdict = KeyVerdict(.unchanged)
            if let current = dated.last(where: { $0.from <= now.milliseconds }), mirror.map({ Array($0) }) != current.value {
                verdict.decision = .change(current.value)
                if let mirror, current.value == Array(mirror) + [0x30] {
                    verdict.marks = [PlanMark("tenfold", String(decoding: group.key, as: UTF8.self))]
                }
            }
            verdict.scheduled = dated.filter { $0.from > now.milliseconds }.map { later in
                ScheduledValue(
                    due: UTCInstant(milliseconds: later.from), value: later.value, rows: [later.row], evidence: "dated"
                )
            }
            return verdict
        }

        mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? { nil }
    }
}

/// A shop that keeps one text per key.
actor FigureShop: AbsoluteApplier {
    private var held: [RecordKey: String]
    /// What was written, in order: `A 12`.
    private(set) var writes: [String] = []
    /// A fault for each call to come; the last one's answers are lost after the deed.
    var lostAnswers = 0

    init(_ figures: [String: String] = [:]) {
        held = Dictionary(uniqueKeysWithValues: figures.map { (RecordKey($0.key), $0.value) })
    }

    var figures: [String: String] {
        Dictionary(uniqueKeysWithValues: held.map { ($0.key.text, $0.value) })
    }

    var batchSize: Int { 10 }

    func set(_ sku: String, _ figure: String) { held[RecordKey(sku)] = figure }
    func loseAnswers(_ count: Int) { lostAnswers = count }
    func figure(_ sku: String) -> String? { held[RecordKey(sku)] }

    func lookUp(_ keys: [RecordKey]) -> [RecordKey: KeyLookup] {
        Dictionary(keys.map { ($0, .known(spelling: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await visit(held.map { ObservedValue(key: $0.key, value: Array($0.value.utf8)) })
    }

    func apply(_ changes: [Change]) -> [ChangeAnswer] {
        for change in changes {
            held[change.key] = String(decoding: change.after, as: UTF8.self)
            writes.append("\(change.key) \(String(decoding: change.after, as: UTF8.self))")
        }
        guard lostAnswers > 0 else { return changes.map { _ in .applied(evidence: "accepted") } }
        lostAnswers -= 1
        let lost = Diagnostic("SHOP-NO-ANSWER", "no answer came", fix: "look first", kind: .ambiguous)
        return changes.map { _ in .deferred(lost) }
    }

    func readBack(_ changes: [Change]) -> [ObservedValue] {
        changes.compactMap { change in held[change.key].map { ObservedValue(key: change.key, value: Array($0.utf8)) } }
    }
}

/// A stranger who must never see a figure of 3 or more digits.
struct ThreeDigitProbe: ChangeProbe {
    let shop: FigureShop
    var canary: String?
    /// Products that a stranger is not shown.
    var hidden: Set<String> = []
    /// From so many writes on, a stranger is shown nothing at all.
    var blindAfter = Int.max

    func canaries(among keys: [RecordKey]) -> [RecordKey] { canary.map { [RecordKey($0)] } ?? [] }

    func view(of keys: [RecordKey], _ moment: ProbeMoment) async throws -> [RecordKey: EncodedValue] {
        var views: [RecordKey: EncodedValue] = [:]
        guard await shop.writes.count < blindAfter else { return [:] }
        for key in keys where !hidden.contains(key.text) { views[key] = await shop.figure(key.text).map { Array($0.utf8) } }
        return views
    }

    func violation(_ change: Change, before: EncodedValue?, now: EncodedValue) -> String? {
        now.count >= 3 && now != before ? "\(change.key): \(String(decoding: now, as: UTF8.self))" : nil
    }
}
