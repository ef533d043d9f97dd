package import Domain
package import StateStore

/// Looks at the shop as a stranger between the plans: a part of the mirror each time, round and round, always with the canaries
/// and with what was wrong the last time (reliability 5, layer 5).
package struct GuestWatch: Sendable {
    private let ledger: Ledger
    private let timeline: Timeline
    private static let place = "guest.place"
    private static let wrong = "guest.wrong"
    /// So many keys that were seen wrong are looked at again; the alarm names the first few anyway.
    private static let longest = 20
    /// So many parts are looked at, at most, in search of a product that is shown.
    private static let mostParts = 10

    package init(ledger: Ledger, timeline: Timeline) {
        self.ledger = ledger
        self.timeline = timeline
    }

    package struct Observation: Hashable, Sendable {
        package var seen: Int
        package var violations: [String]
    }

    /// One look at `size` keys of the flow's entity. Nothing is sent. Throws where the shop cannot be looked at; then nothing is
    /// said of it.
    @discardableResult
    package func look(_ flow: String, _ entity: FlowEntity, sample size: Int) async throws -> Observation {
        guard let probe = entity.probe else { return Observation(seen: 0, violations: []) }
        let name = entity.definition.name
        var views: [RecordKey: EncodedValue] = [:]
        var keys: [RecordKey] = []
        var end = Int64.min
        var looked = 0
        // A part of the list of which nothing is shown proves nothing: the next one is looked at in its place.
        for round in 0..<Self.mostParts {
            let (part, next, again) = try part(of: flow, name, size, after: round == 0 ? nil : end)
            end = next
            keys = Set(part + again + probe.canaries(among: part)).sorted()
            guard !keys.isEmpty else { break }
            looked += keys.count
            views = try await probe.view(of: keys, .before)
            if views.values.contains(where: probe.isShown) || next == .min { break }
        }
        guard looked > 0 else { return Observation(seen: 0, violations: []) }
        guard views.values.contains(where: probe.isShown) else {
            try ledger.write(.signs) { try $0.remember(flow: flow, name: Self.place, value: String(end)) }
            throw Diagnostic(
                "GUEST-BLIND", "A guest is shown none of the \(looked) products of flow \(flow) that were looked at, so the look proves nothing",
                fix: "Name a product in canaries that guests are shown; look whether the catalogue's index has run", kind: .transient)
        }
        var wrong: [RecordKey] = []
        var violations: [String] = []
        for key in keys {
            guard let view = views[key], let text = probe.violation(standing: key, held: try held(key, by: probe), now: view) else { continue }
            wrong.append(key)
            violations.append(text)
        }
        let text = violations.prefix(3).joined(separator: "; ") + (violations.count > 3 ? " and \(violations.count - 3) more" : "")
        let encoded = Hex.string(Self.encoded(Array(wrong.prefix(Self.longest))))
        try ledger.write(.signs) { writer in
            try writer.remember(flow: flow, name: Self.place, value: String(end))
            try writer.remember(flow: flow, name: Self.wrong, value: encoded)
            try writer.record(reading: .guest, flow, value: Int64(views.count), text: text, at: timeline.now())
        }
        return Observation(seen: views.count, violations: violations)
    }

    /// Keys to look at, where the next look begins, and those that were wrong before. At the end of the list the next look begins anew.
    private func part(
        of flow: String, _ entity: String, _ size: Int, after place: Int64?
    ) throws -> (keys: [RecordKey], end: Int64, again: [RecordKey]) {
        try ledger.read { reader in
            let start = try place ?? reader.memory(flow: flow, name: Self.place).flatMap { Int64($0) } ?? .min
            let keys = try reader.mirrorKeys(entity: entity, after: start, limit: size)
            let wrong = try reader.memory(flow: flow, name: Self.wrong).flatMap { Hex.bytes($0) } ?? []
            return (keys.map(\.key), keys.count < size ? .min : keys.last?.keyHash ?? .min, Self.keys(wrong))
        }
    }

    private func held(_ key: RecordKey, by probe: any ChangeProbe) throws -> [String: EncodedValue] {
        try ledger.read { reader in
            try probe.companions.reduce(into: [:]) { held, entity in held[entity] = try reader.mirror(entity: entity, key: key)?.value }
        }
    }

    private static func encoded(_ keys: [RecordKey]) -> [UInt8] {
        var bytes: [UInt8] = []
        for key in keys { ByteWriter.nested(key.bytes[...], into: &bytes) }
        return bytes
    }

    private static func keys(_ bytes: [UInt8]) -> [RecordKey] {
        var reader = ByteReader(bytes)
        var keys: [RecordKey] = []
        while !reader.isAtEnd, let key = try? reader.nestedSlice() { keys.append(RecordKey(key)) }
        return keys
    }
}
