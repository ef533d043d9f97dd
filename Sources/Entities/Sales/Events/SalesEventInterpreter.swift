import Domain

/// Reads the rows of a number and puts them together. A number that was done is never done again, whatever a file says.
struct SalesEventInterpreter: RowInterpreter {
    private let rules: SalesEventRules
    private let fields: [SalesEventField]
    private var orders: OrderNames

    init(rules: SalesEventRules, books: (any OrderBooks)? = nil) {
        self.rules = rules
        orders = OrderNames(digits: rules.orderDigits, books: books)
        fields = rules.kind.fields
    }

    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
        for (index, entry) in batch.entries.enumerated() {
            for row in 0..<entry.rowCount {
                let key: [UInt8]?
                do throws(RejectReason) { key = try self.key(batch, entry, row) } catch {
                    if entry.rejection < 0 { rows.reject(entry: index, error, key: nil, origin: entry.origin) }
                    break
                }
                if entry.rejection >= 0 {
                    if let key { rows.markIncomplete(key: key[...], origin: entry.origin) }
                    continue
                }
                do throws(RejectReason) {
                    guard let key else { throw SalesRejections.missing(rules.kind.name(of: fields[0])) }
                    let event = try event(batch, entry, row, key: key)
                    rows.append(key: key[...], origin: entry.origin) { $0 += event.encoded }
                } catch {
                    rows.reject(entry: index, error, key: key?[...], origin: entry.origin)
                    break
                }
            }
        }
    }

    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
        if let spoiled = group.rows.first(where: \.isIncomplete) {
            return KeyVerdict(.rejected(SalesRejections.incomplete(rules.kind, line: spoiled.origin.line)))
        }
        do throws(RejectReason) {
            let event = try together(group)
            let words = SalesEventDefinition.describe(event)
            guard let mirror else { return KeyVerdict(.change(event.encoded), evidence: words) }
            guard let known = try? SalesEvent(encoded: mirror) else { throw SalesRejections.unreadable }
            if event == known || known.addsTracks(to: event) || Self.isRepeated(event, known) { return KeyVerdict(.unchanged) }
            // A carrier's numbers may come after the goods have gone.
            let union = Self.withTracks(of: known, event)
            if rules.kind == .despatches, union.addsTracks(to: known) { return KeyVerdict(.change(union.encoded), evidence: words) }
            throw SalesRejections.changed(rules.kind, event.number, was: SalesEventDefinition.describe(known))
        } catch {
            return KeyVerdict(.rejected(error))
        }
    }

    /// A file of events leaves nothing out that it ought to have.
    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? { nil }

    /// Carriers and reasons are words about the event; another wording is no other event.
    private static func isRepeated(_ event: SalesEvent, _ known: SalesEvent) -> Bool {
        var event = event
        event.reason = known.reason
        let numbers = Set(event.tracks.map(\.number))
        guard numbers.isSubset(of: known.tracks.map(\.number)) else { return false }
        event.tracks = known.tracks
        return event == known
    }

    private static func withTracks(of known: SalesEvent, _ event: SalesEvent) -> SalesEvent {
        var union = event
        union.reason = known.reason
        let have = Set(known.tracks.map(\.number))
        union.tracks = known.tracks + event.tracks.filter { !have.contains($0.number) }
        return union.normalised() ?? union
    }

    // MARK: Rows

    /// All rows of a number as one event.
    private func together(_ group: KeyGroup) throws(RejectReason) -> SalesEvent {
        var whole: SalesEvent?
        for row in group.rows {
            guard let part = try? SalesEvent(encoded: group.payload(row)) else { throw SalesRejections.unreadable }
            // Held twice, its rows would be copied for each further one.
            guard var sum = whole.take() else {
                whole = part
                continue
            }
            guard sum.order == part.order else { throw SalesRejections.differs(rules.kind, "order", sum.order, part.order) }
            sum.shipping = try agreed("shipping", sum.shipping, part.shipping)
            sum.adjustment = try agreed("adjustment", sum.adjustment, part.adjustment)
            sum.reason = sum.reason ?? part.reason
            sum.lines += part.lines
            sum.tracks += part.tracks
            whole = sum
        }
        guard let event = try whole.map({ event throws(RejectReason) in try signed(event) })?.normalised() else {
            throw SalesRejections.range(rules.kind)
        }
        let isNothing = event.lines.isEmpty && (event.adjustment ?? 0).isZero && (event.shipping ?? 0).isZero
        if isNothing, rules.kind != .cancellations {
            // Rows that all say 0 are no whole order.
            let saysZero = group.rows.contains { (try? SalesEvent(encoded: group.payload($0)))?.lines.isEmpty == false }
            guard rules.wholeOrders == .allow, !saysZero else { throw SalesRejections.empty(rules.kind) }
        }
        return event
    }

    /// Amounts of the whole are often repeated on each row.
    private func agreed(_ field: String, _ first: ExactDecimal?, _ second: ExactDecimal?) throws(RejectReason) -> ExactDecimal? {
        guard let first, let second, first != second else { return first ?? second }
        throw SalesRejections.differs(rules.kind, field, "\(first)", "\(second)")
    }

    /// Some ERPs write credit notes with negative quantities; they mean the same.
    private func signed(_ event: SalesEvent) throws(RejectReason) -> SalesEvent {
        let negative = event.lines.filter { $0.quantity.isNegative }
        guard let first = negative.first else { return event }
        guard rules.kind == .credits else { throw SalesRejections.negative(first.quantity) }
        guard !event.lines.contains(where: { $0.quantity.isPositive }) else { throw SalesRejections.mixedSigns }
        var event = event
        for index in event.lines.indices {
            event.lines[index].quantity = ExactDecimal.zero.subtracting(event.lines[index].quantity) ?? event.lines[index].quantity
        }
        return event
    }

    // MARK: Cells

    private mutating func key(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) -> [UInt8]? {
        guard let text = text(batch, entry, row, fields[0]) else { return nil }
        return Array((fields[0] == .order ? try orders.number(text) : text).utf8)
    }

    private mutating func event(
        _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, key: [UInt8]
    ) throws(RejectReason) -> SalesEvent {
        guard let order = text(batch, entry, row, .order) else { throw SalesRejections.missing("order") }
        let shopNumber = try orders.number(order)
        let reader = self
        let text = { (field: SalesEventField) in reader.text(batch, entry, row, field) }
        let number = { (field: SalesEventField) in reader.number(batch, entry, row, field) }
        var event = SalesEvent(
            number: String(decoding: key, as: UTF8.self), order: shopNumber, shipping: number(.shipping),
            adjustment: number(.adjustment), reason: text(.reason))
        if rules.kind == .cancellations {
            guard (number(.quantity) ?? 0).isZero else { throw SalesRejections.partialCancellation(order) }
            return event
        }
        event.tracks = tracks(text(.tracking), carrier: text(.carrier))
        guard let quantity = number(.quantity) else {
            // A row that names goods says how many; one that does not tells of the whole.
            if text(.sku) != nil || text(.orderLine) != nil { throw SalesRejections.missing("quantity") }
            return event
        }
        guard text(.sku) != nil || text(.orderLine) != nil else { throw SalesRejections.missing("sku") }
        event.lines = [
            SalesEvent.Line(
                sku: text(.sku), orderLine: rules.lineReference == .sku ? nil : text(.orderLine), source: try source(text(.warehouse)),
                isRestocked: flag(batch, entry, row, .restock), quantity: quantity)
        ]
        return event
    }

    private func source(_ warehouse: String?) throws(RejectReason) -> String? {
        guard rules.kind == .despatches, let warehouse, !rules.warehouses.isEmpty else { return rules.source }
        guard let source = rules.warehouses[warehouse] else { throw SalesRejections.warehouse(warehouse) }
        return source
    }

    private func tracks(_ text: String?, carrier: String?) -> [SalesEvent.Track] {
        (text ?? "").split(whereSeparator: { $0 == ";" || $0 == "," }).compactMap { part in
            let number = part.drop { $0 == " " }
            let trimmed = String(String(number.reversed().drop { $0 == " " }.reversed()))
            return trimmed.isEmpty ? nil : SalesEvent.Track(carrier: carrier ?? "", number: trimmed)
        }
    }

    private func cell(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, _ field: SalesEventField) -> RecordBatch.Cell {
        guard let index = fields.firstIndex(of: field) else { return .absent }
        return batch.cell(entry, row: row, field: index)
    }

    private func text(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, _ field: SalesEventField) -> String? {
        switch cell(batch, entry, row, field) {
        case .text(let range): String(decoding: batch.bytes[range], as: UTF8.self)
        case .decimal(let number): number.description
        case .absent, .blank, .cleared, .instant, .boolean: nil
        }
    }

    private func number(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, _ field: SalesEventField) -> ExactDecimal? {
        if case .decimal(let number) = cell(batch, entry, row, field) { number } else { nil }
    }

    private func flag(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, _ field: SalesEventField) -> Bool? {
        if case .boolean(let flag) = cell(batch, entry, row, field) { flag } else { nil }
    }
}
