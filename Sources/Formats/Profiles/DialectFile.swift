import Domain

/// What `dialect.json` says (Frictionless CSV Dialect): cell separation, and which rows are header rows.
struct DialectFile: Sendable {
    var dialect = CSVDialect()
    /// Row numbers from 1; empty where the file has no header.
    var headerRows = [1]
    /// Put between the captions of several header rows.
    var headerJoin = " "

    init(_ node: SettingNode) throws {
        var reader = try NodeReader(node, path: "dialect")
        if let byte = try reader.byte("delimiter") {
            guard let byte else { throw reader.fault("delimiter", node, "must not be empty", "write \",\" or \"\\t\"") }
            dialect.separator = byte
        }
        if let byte = try reader.byte("quoteChar") { dialect.quote = byte }
        dialect.isQuoteDoubled = try reader.flag("doubleQuote") ?? true
        if let byte = try reader.byte("escapeChar") { dialect.escape = byte }
        dialect.skipsInitialSpace = try reader.flag("skipInitialSpace") ?? false
        if let prefix = try reader.text("commentChar") { dialect.commentPrefix = Array(prefix.utf8) }
        let hasHeader = try reader.flag("header") ?? true
        if let rows = try reader.texts("headerRows") {
            headerRows = rows.compactMap { Int($0) }
            let isConsecutive = zip(headerRows, headerRows.dropFirst()).allSatisfy { $0 + 1 == $1 }
            guard headerRows.count == rows.count, isConsecutive, headerRows.allSatisfy({ (1...1000).contains($0) })
            else {
                throw reader.fault("headerRows", node, "must be consecutive row numbers", "write [1] or [3, 4]")
            }
        }
        if !hasHeader { headerRows = [] }
        headerJoin = try reader.text("headerJoin") ?? " "
        // Told by `profile.json` (`line_ends`) instead, because most dialect files carry the standard's default.
        _ = try reader.text("lineTerminator")
        for key in ["$schema", "title", "description", "csvddfVersion"] { _ = reader.node(key) }
        try reader.finish()
        guard dialect.separator != dialect.quote else {
            throw reader.fault("quoteChar", node, "is the separator too", "choose another quote")
        }
    }
}
