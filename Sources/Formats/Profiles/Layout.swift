import Domain

/// Which rows of a file are records and which are around them.
struct Layout: Sendable {
    enum Preamble: Hashable, Sendable {
        case none
        case lines(Int)
        /// Everything up to and with the first blank line.
        case untilBlank
    }

    enum RepeatedHeader: String, Sendable, CaseIterable {
        /// It counts as header; the default, for files that were glued together.
        case skip
        /// It is a record like any other, and fails as one.
        case record
        case refuse
    }

    enum Lenience: String, Sendable, CaseIterable { case reject, allow }

    /// Empty cells behind the last column.
    enum Surplus: Hashable, Sendable {
        case reject
        /// As many in every record of a file; how many is seen from its first records.
        case allow
        /// So many in every record.
        case exactly(Int)
    }

    /// How the last line that is not data is known. Never by a word alone in the middle of a file: only the last row with
    /// content can be a trailer.
    struct Trailer: Sendable {
        /// Content of the first cell, or with `*` at its end how it begins; `nil`: whatever stands last is the trailer.
        var firstCell: String?
        /// The cell with the count of records, from 1.
        var countCell: Int?

        func accepts(_ cell: [UInt8]) -> Bool {
            guard let firstCell else { return true }
            return firstCell.hasSuffix("*") ? cell.starts(with: firstCell.dropLast().utf8) : cell == Array(firstCell.utf8)
        }
    }

    var preamble = Preamble.none
    var extraHeaderRows = 0
    var repeatedHeader = RepeatedHeader.skip
    /// Cells of optional columns may be missing at the end of a record.
    var shortRows = Lenience.reject
    var trailingSeparators = Surplus.allow
    var maximumRecordLength = 1 << 20
    var trailer: Trailer?
    /// The column with the count of records, where the format knows trailers by their place.
    var countColumn: String?

    /// Lines that a report prints on each page. They count as header, wherever they stand.
    var pageTitles = PageTitles()

    /// Header rows that are joined into captions; 0 where the file has none.
    var headerRows = 1
    var headerJoin = " "
    var captionGroups = CaptionRows.Groups.none

    static let maximumColumns = 4096

    /// Reads `layout`; line ends and stray quotes go into the dialect.
    init(_ node: SettingNode?, trailer trailerNode: SettingNode?, dialect: inout CSVDialect) throws {
        if let node {
            var reader = try NodeReader(node, path: "profile.layout")
            if let lines = try reader.text("preamble") {
                if lines == "until_blank" {
                    preamble = .untilBlank
                } else if let count = Int(lines), (0...1000).contains(count) {
                    preamble = count == 0 ? .none : .lines(count)
                } else {
                    throw reader.fault("preamble", node, "must be a number of lines", "write 3 or \"until_blank\"")
                }
            }
            captionGroups = try reader.choice("caption_groups") ?? .none
            extraHeaderRows = try reader.integer("extra_header_rows", in: 0...100) ?? 0
            repeatedHeader = try reader.choice("repeated_header") ?? .skip
            pageTitles = try PageTitles(&reader, node)
            shortRows = try reader.choice("short_rows") ?? .reject
            trailingSeparators = try Self.surplus(&reader, node) ?? .allow
            maximumRecordLength = try reader.integer("max_record_bytes", in: 64...(1 << 28)) ?? (1 << 20)
            dialect.lineEnds = try reader.choice("line_ends") ?? .any
            dialect.strayQuotes = try reader.choice("stray_quotes") ?? .reject
            try reader.finish()
        }
        if let trailerNode {
            var reader = try NodeReader(trailerNode, path: "profile.trailer")
            trailer = Trailer(
                firstCell: try reader.text("first_cell"),
                countCell: try reader.integer("count_cell", in: 1...Self.maximumColumns)
            )
            countColumn = try reader.text("count_column")
            if countColumn != nil { trailer = nil }
            try reader.finish()
        }
    }

    private static func surplus(_ reader: inout NodeReader, _ node: SettingNode) throws -> Surplus? {
        switch try reader.text("trailing_separators") {
        case nil: return nil
        case "allow"?: return .allow
        case "reject"?: return .reject
        case let text?:
            guard let count = Int(text), (1...100).contains(count) else {
                throw reader.fault(
                    "trailing_separators", node, "cannot be '\(Escaped(text))'",
                    "write \"allow\", \"reject\", or the number of empty cells behind the last column, such as 1")
            }
            return .exactly(count)
        }
    }
}
