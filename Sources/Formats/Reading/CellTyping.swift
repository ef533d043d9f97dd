import Domain

/// From a cell's text to its typed value by the rules of its column: the same for every format.
enum CellTyping {
    struct Failure: Error { let fault: CellFault }

    /// `raw` is UTF-8 without quotes, references or other dress.
    @inline(__always)
    static func typed(
        _ raw: UnsafeBufferPointer<UInt8>,
        _ kind: ReadyColumn.Kind,
        _ rules: ColumnRules,
        _ batch: inout RecordBatch
    ) -> Result<RecordBatch.Cell, Failure> {
        let content = rules.isTrimmed ? trimmed(raw) : raw
        if content.isEmpty || (!rules.missingValues.isEmpty && rules.isMissing(content)) { return blank(rules) }
        if !rules.values.isEmpty { return mapped(content, kind, rules, &batch) }
        let typed: ColumnRules.Typed
        switch kind {
        case .text:
            if let fault = rules.textFault(content) { return .failure(Failure(fault: fault)) }
            let start = batch.bytes.count
            batch.bytes.append(contentsOf: content)
            return .success(.text(start..<batch.bytes.count))
        case .decimal: typed = rules.decimal(content)
        case .instant: typed = rules.instant(content)
        case .boolean: typed = rules.boolean(content)
        case .absent, .constant: return .success(.absent)
        }
        switch typed {
        case .decimal(let number): return .success(.decimal(number))
        case .instant(let instant): return .success(.instant(instant))
        case .boolean(let value): return .success(.boolean(value))
        case .blank: return blank(rules)
        case .text: return .success(.blank)
        case .fault(let fault): return .failure(Failure(fault: fault))
        }
    }

    /// A cell whose words the profile translates. The plan has checked that every translation is of the field's kind.
    private static func mapped(
        _ word: UnsafeBufferPointer<UInt8>,
        _ kind: ReadyColumn.Kind,
        _ rules: ColumnRules,
        _ batch: inout RecordBatch
    ) -> Result<RecordBatch.Cell, Failure> {
        guard let value = rules.value(of: word) else { return .failure(Failure(fault: .word)) }
        let text = String(decoding: value, as: UTF8.self)
        switch kind {
        case .text:
            let start = batch.bytes.count
            batch.bytes.append(contentsOf: value)
            return .success(.text(start..<batch.bytes.count))
        case .decimal: return .success(ExactDecimal(plain: text).map { .decimal($0) } ?? .absent)
        case .boolean: return .success(Bool(text).map { .boolean($0) } ?? .absent)
        case .instant, .absent, .constant: return .success(.absent)
        }
    }

    /// What a cell without content means.
    static func blank(_ rules: ColumnRules) -> Result<RecordBatch.Cell, Failure> {
        if rules.constraints.isRequired { return .failure(Failure(fault: .missing)) }
        switch rules.blank {
        case .keep: return .success(.blank)
        case .clear: return .success(.cleared)
        case .zero: return .success(.decimal(.zero))
        case .reject: return .failure(Failure(fault: .missing))
        }
    }

    static func constant(_ column: ColumnPlan, _ batch: inout RecordBatch) -> RecordBatch.Cell {
        switch column.kind {
        case .constant(let cell): return cell
        case .constantText(let bytes):
            let start = batch.bytes.count
            batch.bytes.append(contentsOf: bytes)
            return .text(start..<batch.bytes.count)
        case .absent, .text, .decimal, .instant, .boolean: return .absent
        }
    }

    @inline(__always)
    private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var low = 0
        var high = bytes.count
        while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 { low += 1 }
        while high > low, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 { high -= 1 }
        return UnsafeBufferPointer(rebasing: bytes[low..<high])
    }
}
