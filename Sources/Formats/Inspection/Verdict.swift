import Domain

/// The report in one sentence.
enum Verdict {
    static func sentence(_ report: InspectionReport) -> String {
        var parts: [String] = []
        if let encoding = report.encoding { parts.append("\(encoding.name) text (\(encoding.confidence.rawValue))") }
        parts.append(report.separator.map { "separated by \(name(of: $0))" } ?? "one column, no separator")
        parts.append(report.quote.map { "quoted with \(Escaped([$0]))" } ?? "no quotes")
        parts.append("line ends \(report.lineEnds)")
        parts.append(report.headerLine.map { "header in line \($0)" } ?? "no header")
        let partly = report.inspected < report.size ? " in the first \(report.inspected) of \(report.size) bytes" : ""
        parts.append("\(Counted.of(report.columns.count, "column")), \(Counted.of(report.records, "record"))\(partly)")
        let troubles = report.troubles.map { trouble in
            trouble.lines.isEmpty
                ? trouble.text : "\(trouble.text) (line \(trouble.lines.map(String.init).joined(separator: ", ")))"
        }
        let end = troubles.isEmpty ? "no trouble found" : "trouble: " + troubles.joined(separator: "; ")
        return parts.joined(separator: ", ") + "; " + end + "."
    }

    private static func name(of separator: UInt8) -> String {
        switch separator {
        case UInt8(ascii: ","): "comma"
        case UInt8(ascii: ";"): "semicolon"
        case UInt8(ascii: "\t"): "tab"
        case UInt8(ascii: "|"): "pipe"
        case UInt8(ascii: " "): "blank"
        default: "'\(Character(Unicode.Scalar(separator)))'"
        }
    }
}
