/// Cells that a spreadsheet would run as a formula, made harmless for the people who open the file (reliability S10).
enum FormulaSafety {
    /// Full-width `＝ ＋ － ＠`, which some spreadsheets treat alike.
    private static let wideStarts: [[UInt8]] = ["＝", "＋", "－", "＠"].map { Array($0.utf8) }

    /// `cell` with an apostrophe in front where its first character could start a formula. Numbers stay numbers.
    static func neutralised(_ cell: [UInt8]) -> [UInt8] {
        guard let first = cell.first else { return cell }
        let isRisky = "=+-@\t\r\n".utf8.contains(first) || wideStarts.contains { cell.starts(with: $0) }
        guard isRisky, !isNumber(cell) else { return cell }
        return [UInt8(ascii: "'")] + cell
    }

    private static func isNumber(_ cell: [UInt8]) -> Bool {
        cell.withUnsafeBufferPointer { bytes in
            if case .success = DecimalFormat().parse(bytes) { true } else { false }
        }
    }
}
