import Domain

/// Everything about one column that is decided before the first record. A class so that cells share it without copies.
final class ColumnRules: Sendable {
    let caption: String
    let kind: SchemaColumn.Kind
    let constraints: SchemaColumn.Constraints
    let blank: FieldMapping.Blank
    let isTrimmed: Bool
    /// What a record lacks altogether is `absent` then, not blank.
    let isOptional: Bool
    /// A key or reference, which has to match somebody else's spelling.
    let isCode: Bool
    let missingValues: [[UInt8]]
    let zeroValues: [[UInt8]]
    let decimals: DecimalFormat
    let instants: InstantFormat?
    let trueValues: [[UInt8]]
    let falseValues: [[UInt8]]
    let hasTextConstraints: Bool
    /// The file's words and what they mean; empty where values stand for themselves.
    let values: [(word: [UInt8], value: [UInt8])]

    init(
        column: SchemaColumn, caption: String, mapping: CellMapping, isCode: Bool, profile: Profile, zone: ZoneRules
    ) {
        self.caption = Escaped(caption).description
        kind = column.kind
        constraints = column.constraints
        blank = mapping.blank
        isTrimmed = mapping.trim == .both
        isOptional = mapping.isOptional
        self.isCode = isCode
        missingValues = profile.schema.missingValues.filter { !$0.isEmpty }.map { Array($0.utf8) }
        zeroValues = profile.numbers.zeroValues.map { Array($0.utf8) }
        var decimals = column.decimals
        decimals.allowsTrailingMinus = profile.numbers.allowsTrailingMinus
        decimals.isFloatingPoint = profile.numbers.isFloatingPoint
        decimals.allowsParentheses = profile.numbers.allowsParentheses
        self.decimals = decimals
        instants = DatePattern(column.resolvedFormat).map {
            InstantFormat(pattern: $0, zone: zone, overlap: profile.overlap)
        }
        values = mapping.values.map { (Array($0.word.utf8), Array($0.value.utf8)) }
        trueValues = column.trueValues.map { Array($0.utf8) }
        falseValues = column.falseValues.map { Array($0.utf8) }
        let limits = column.constraints
        hasTextConstraints =
            limits.minimumLength != nil || limits.maximumLength != nil || limits.pattern != nil
            || limits.choices != nil
    }

    /// For a fix: `1234.50` in this column's own notation.
    var sampleNumber: String { "1234\(Character(Unicode.Scalar(decimals.decimalPoint)))50" }
    var dateText: String { instants?.pattern.text ?? "" }

    /// The text content as a typed value. `content` is UTF-8 and already trimmed.
    enum Typed {
        case blank
        case text
        case decimal(ExactDecimal)
        case instant(UTCInstant)
        case boolean(Bool)
        case fault(CellFault)
    }

    @inline(__always)
    func decimal(_ content: UnsafeBufferPointer<UInt8>) -> Typed {
        switch decimals.parse(content) {
        case .success(let number):
            if let minimum = constraints.minimum, number < minimum { return .fault(.belowMinimum) }
            if let maximum = constraints.maximum, number > maximum { return .fault(.aboveMaximum) }
            if kind == .integer, !number.isWhole { return .fault(.notWhole) }
            return .decimal(number)
        case .failure(let fault):
            if zeroValues.contains(where: { content.elementsEqual($0) }) { return .decimal(.zero) }
            if SpreadsheetDamage(content) == .errorValue { return .fault(.damaged(.errorValue)) }
            return .fault(.number(fault))
        }
    }

    func instant(_ content: UnsafeBufferPointer<UInt8>) -> Typed {
        guard let instants else { return .fault(.date(.notADate)) }
        switch instants.parse(content) {
        case .instant(let instant): return .instant(instant)
        case .sentinel: return .blank
        case .fault(let fault): return .fault(.date(fault))
        }
    }

    /// What the profile says that the word means. Letter case counts.
    func value(of word: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        values.first { word.elementsEqual($0.word) }?.value
    }

    func boolean(_ content: UnsafeBufferPointer<UInt8>) -> Typed {
        if trueValues.contains(where: { content.elementsEqual($0) }) { return .boolean(true) }
        if falseValues.contains(where: { content.elementsEqual($0) }) { return .boolean(false) }
        return .fault(.boolean)
    }

    @inline(__always)
    func textFault(_ content: UnsafeBufferPointer<UInt8>) -> CellFault? {
        for (index, byte) in content.enumerated() where byte < 0x20 || byte == 0x7F || byte == 0xC2 {
            // U+0080...U+009F are controls as well: the upper half of a page that was declared wrongly.
            if byte != 0xC2 || (index + 1 < content.count && content[index + 1] < 0xA0) { return .control }
        }
        if let damage = SpreadsheetDamage(content) { return .damaged(damage) }
        if isCode, let damage = CodeDamage(content, hasPattern: constraints.pattern != nil) { return .code(damage) }
        return hasTextConstraints ? constraintFault(content) : nil
    }

    private func constraintFault(_ content: UnsafeBufferPointer<UInt8>) -> CellFault? {
        if let maximum = constraints.maximumLength, content.count > maximum, Self.length(content) > maximum {
            return .tooLong
        }
        if let minimum = constraints.minimumLength, Self.length(content) < minimum { return .tooShort }
        if let pattern = constraints.pattern, !pattern.matches(content) { return .pattern }
        if let choices = constraints.choices, !choices.contains(where: { content.elementsEqual($0.utf8) }) {
            return .choice
        }
        return nil
    }

    /// In characters of Unicode (scalars).
    private static func length(_ content: UnsafeBufferPointer<UInt8>) -> Int {
        content.count { $0 & 0xC0 != 0x80 }
    }

    func isMissing(_ content: UnsafeBufferPointer<UInt8>) -> Bool {
        content.isEmpty || missingValues.contains { content.elementsEqual($0) }
    }
}
