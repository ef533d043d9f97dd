import Domain

/// The values collected for one record and what stands around it, as places in one growing text.
///
/// Text of the document and the record's ancestors stays at the front; what belongs to a record goes with it.
struct SlotStore {
    private(set) var text: [UInt8] = []
    private(set) var slots: [SlotValue]
    /// What waits for a condition, see `XMLPlan.Gate`.
    private var tentative: [SlotValue]
    private(set) var rows: [SlotValue] = []
    private(set) var rowCount = 0
    private let plan: [SlotRule]
    private let columnCount: Int
    /// Text up to here outlives the record.
    private var held = 0

    /// The first `columnCount` slots are the schema's columns; the others are conditions of paths.
    init(_ rules: [SlotRule], columnCount: Int) {
        plan = rules
        self.columnCount = columnCount
        slots = Array(repeating: SlotValue(), count: rules.count)
        tentative = slots
        text.reserveCapacity(1 << 16)
    }

    var count: Int { text.count }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { text.append(contentsOf: bytes) }

    /// Appends `bytes` and answers their place.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let start = text.count
        text.append(contentsOf: bytes)
        return start..<text.count
    }

    /// Takes the text behind `start` as a value of `slot`; `gate` says that a condition is still open.
    @inline(__always)
    mutating func store(from start: Int, to end: Int, slot: Int, gate: Bool) {
        let value = SlotValue(start: Int32(start), end: Int32(end), count: 1)
        if gate {
            Self.combine(&tentative[slot], value, plan[slot], &text)
        } else if slots[slot].count == 0 {
            slots[slot] = value
        } else {
            Self.combine(&slots[slot], value, plan[slot], &text)
        }
    }

    private static func combine(_ slot: inout SlotValue, _ value: SlotValue, _ rule: SlotRule, _ text: inout [UInt8]) {
        guard slot.count > 0 else {
            slot = value
            return
        }
        switch rule.repeated {
        case .first: break
        case .last: slot = value
        case .reject: slot.count += 1
        case .join:
            let added = rule.separator + text[Int(value.start)..<Int(value.end)]
            let end = Int(slot.end) + added.count
            if end <= Int(slot.room) {
                text.replaceSubrange(Int(slot.end)..<end, with: added)
                slot.end = Int32(end)
            } else {
                // Twice as much as is needed: a value that is joined of a hundred thousand is not copied as often.
                let joined = Array(text[Int(slot.start)..<Int(slot.end)]) + added
                let start = text.count
                text += joined
                text += repeatElement(0, count: joined.count)
                slot = SlotValue(start: Int32(start), end: Int32(start + joined.count), count: 1, room: Int32(text.count))
            }
        }
    }

    mutating func empty(_ slot: Int) {
        slots[slot] = SlotValue()
        tentative[slot] = SlotValue()
    }

    mutating func open(_ gate: XMLPlan.Gate) {
        tentative[gate.conditionSlot] = SlotValue()
        for slot in gate.slots { tentative[slot] = SlotValue() }
    }

    /// Lets through what was collected if the condition was met.
    mutating func close(_ gate: XMLPlan.Gate) {
        let condition = tentative[gate.conditionSlot]
        let isMet = condition.count > 0 && text[Int(condition.start)..<Int(condition.end)].elementsEqual(gate.value)
        for slot in gate.slots {
            if isMet, tentative[slot].count > 0 {
                Self.combine(&slots[slot], tentative[slot], plan[slot], &text)
                if tentative[slot].count > 1 { slots[slot].count += 1 }
            }
            tentative[slot] = SlotValue()
        }
    }

    mutating func closeRow() {
        rows.append(contentsOf: slots[..<columnCount])
        rowCount += 1
    }

    /// `recordSlots` are those that no document or ancestor fills.
    mutating func startRecord(_ recordSlots: [Int]) {
        held = text.count
        rows.removeAll(keepingCapacity: true)
        rowCount = 0
        for slot in recordSlots { slots[slot] = SlotValue() }
    }

    /// Forgets the record's text.
    mutating func endRecord(_ recordSlots: [Int]) {
        text.removeLast(text.count - held)
        for slot in recordSlots { slots[slot] = SlotValue() }
    }

    /// Superseded text of headers goes when there is much of it. Only while no text is being collected.
    mutating func compact() {
        guard text.count > 1 << 16, tentative.allSatisfy({ $0.count == 0 }) else { return }
        var kept: [UInt8] = []
        for index in slots.indices where slots[index].count > 0 {
            let start = kept.count
            kept += text[Int(slots[index].start)..<Int(slots[index].end)]
            slots[index].start = Int32(start)
            slots[index].end = Int32(kept.count)
            slots[index].room = 0
        }
        text = kept
    }

    /// Calls `body` with the values collected so far. `inRow` tells the columns that each row has for itself.
    func withRecord(
        inRow: [Bool], origin: RecordOrigin, fault: RejectReason?, original: UnsafeBufferPointer<UInt8>,
        _ body: (CollectedRecord) throws -> Void
    ) rethrows {
        try text.withUnsafeBufferPointer { text in
            try slots.withUnsafeBufferPointer { slots in
                try rows.withUnsafeBufferPointer { rows in
                    guard let slotBase = slots.baseAddress else { return }
                    // An empty text may have no address; nothing points into it then.
                    let base = text.baseAddress ?? UnsafeRawPointer(slotBase).assumingMemoryBound(to: UInt8.self)
                    try body(
                        CollectedRecord(
                            bytes: base, slots: slotBase, rows: rows.baseAddress, rowCount: rowCount, inRow: inRow, origin: origin,
                            fault: fault, original: original))
                }
            }
        }
    }

    /// Blanks and line breaks around a value are the writer's layout; inside they count as one blank.
    mutating func normalise(from start: Int) -> Range<Int> {
        var low = start
        var high = text.count
        while low < high, Self.isBlank(text[low]) { low += 1 }
        while high > low, Self.isBlank(text[high - 1]) { high -= 1 }
        guard let first = (low..<high).first(where: { text[$0] < 0x20 }), text[low..<high].contains(where: { Self.isBreak($0) })
        else { return low..<high }
        var target = first
        var position = first
        while position < high {
            if Self.isBlank(text[position]) {
                var end = position
                var hasBreak = false
                while end < high, Self.isBlank(text[end]) {
                    hasBreak = hasBreak || Self.isBreak(text[end])
                    end += 1
                }
                while hasBreak, target > low, text[target - 1] == 0x20 { target -= 1 }
                for index in position..<end where !hasBreak || index == position {
                    text[target] = hasBreak ? 0x20 : text[index]
                    target += 1
                }
                position = end
            } else {
                text[target] = text[position]
                target += 1
                position += 1
            }
        }
        return low..<target
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || isBreak(byte) }
    @inline(__always)
    private static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
