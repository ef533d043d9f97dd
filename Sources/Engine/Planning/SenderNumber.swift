import Domain
import Formats
import StateStore

/// A file's number among those of its sender: what its plan is judged by, and what is kept of it.
struct SenderNumber {
    let number: Int64
    let numbers: FileNumbers
    let previous: Int64?
    private let flow: String
    private let hash: ContentHash
    private let run: Int64

    /// - Parameters:
    ///   - version: the moment that the file is of.
    ///   - isLate: whether a newer file was applied before it.
    init(
        _ number: Int64, of delivery: Delivery, _ run: Run, in flow: Flow, version: UTCInstant, after previous: AppliedSnapshot?, isLate: Bool,
        _ ledger: Ledger
    ) throws {
        self.number = number
        self.previous = previous?.sequence
        (self.flow, hash, self.run) = (flow.name, delivery.hash, run.id)
        let zone = try ZoneTable(flow.profile.timeZone ?? flow.timeZone)
        func day(_ moment: UTCInstant) -> CivilDate { CivilDate(daysSinceEpoch: Int(zone.wall(at: moment).flooringQuotient(86_400_000))) }
        var numbers = FileNumbers()
        numbers.rule = flow.profile.fileNumbers
        numbers.day = day(version)
        numbers.previousDay = day(previous?.version ?? version)
        numbers.isLate = isLate
        try ledger.read { reader in
            // Of files that came together the newest may have its turn first; those before it are here.
            for drop in try reader.drops(flow: flow.name, in: .staged) {
                guard let found = try? flow.profile.sequence(fileName: String(decoding: drop.file.name, as: UTF8.self)) else { continue }
                numbers.inHand.insert(found)
            }
            // Those that were planned and wait, or that a person discarded, came, too.
            if let last = previous?.sequence, last < number {
                numbers.inHand.formUnion(try reader.fileNumbers(flow: flow.name, between: last...number))
            }
            // Files of one moment may share a number, such as one for each warehouse.
            guard previous?.version != version, try reader.setMoment(ofDelivery: delivery.id, flow: flow.name) == nil else { return }
            let twin = try reader.twin(ofNumber: number, flow: flow.name, hash: delivery.hash)
            numbers.twin = twin == run.id ? nil : twin
        }
        if case .restart = Self.step(numbers, number, previous?.sequence) { numbers.twin = nil }
        self.numbers = numbers
    }

    private static func step(_ numbers: FileNumbers, _ number: Int64, _ previous: Int64?) -> FileNumberRule.Step? {
        previous.map { numbers.rule.step(from: ($0, numbers.previousDay), to: number, on: numbers.day) }
    }

    /// In the transaction that seals the plan.
    /// - Parameter isTold: whether what is odd about the number becomes an alarm.
    func keep(isTold: Bool, at now: UTCInstant, _ writer: LedgerWriter) throws {
        var beginsAnew = false
        if !numbers.isLate, case .restart = Self.step(numbers, number, previous) { beginsAnew = true }
        try writer.note(number: number, flow: flow, hash: hash, run: run, beginsAnew: beginsAnew, at: now)
        guard isTold, let objection = numbers.objection(to: number, after: previous) else { return }
        for range in objection.missing.isEmpty ? [number...number] : objection.missing {
            try writer.note(gap: FileGap(numbers: range, run: run, since: now, note: objection.text), flow: flow)
        }
    }
}
