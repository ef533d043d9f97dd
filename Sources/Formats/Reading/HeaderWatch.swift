import Domain

/// Recognises a header, or the start of another table, below the header of a file.
///
/// Rows behind it must never be read under the first header. Asked only about rows that cannot be records, and about each row where
/// every column takes any text.
struct HeaderWatch {
    enum Finding {
        /// The header once more, with the same columns in the same order.
        case same
        /// A header with other columns, or in another order.
        case other
        /// Captions that nobody knows: another table begins.
        case table
    }

    /// The header's rows as they stand, and the captions that they make; without case, repeated blanks and empty cells at the end.
    private let headers: [[String]]
    /// Every caption that the profile or the header has, to what it stands for.
    private let known: [String: String]
    private let width: Int
    /// Columns that no word fits.
    private let typed: [Int]
    /// No column tells a header from a record by itself.
    let asksAboutEach: Bool

    init(profile: Profile, captions: [String], headerRows: [[String]], plan: RecordPlan) {
        let names = Self.trimmed(captions.map(HeaderMatch.normalise))
        var known: [String: String] = [:]
        for row in headerRows { for cell in row { known[HeaderMatch.normalise(cell)] = HeaderMatch.normalise(cell) } }
        for name in names { known[name] = name }
        for column in profile.schema.columns {
            for name in [column.name] + (profile.header.aliases[column.name] ?? []) { known[HeaderMatch.normalise(name)] = column.name }
        }
        known[""] = nil
        self.known = known
        width = names.count
        headers = ([names] + headerRows.map { Self.trimmed($0.map(HeaderMatch.normalise)) }).map { row in row.map { known[$0] ?? $0 } }
        let all = Array(plan.loop.columns) + (plan.loop.eventTime.map { [$0] } ?? [])
        typed = Set(all.filter { $0.kind == .decimal || $0.kind == .instant || $0.kind == .boolean }.map(\.position)).sorted()
        asksAboutEach = typed.isEmpty
    }

    /// What the row with these cells is besides a record; `nil` where nothing speaks for a header.
    func finding(_ cells: [[UInt8]], isBehindGap: Bool) -> Finding? {
        let names = Self.trimmed(cells.map { HeaderMatch.normalise(String(decoding: $0, as: UTF8.self)) })
        let filled = names.filter { !$0.isEmpty }
        guard filled.count > 1 || (width == 1 && filled.count == 1) else { return nil }
        if headers.contains(names.map { known[$0] ?? $0 }) { return .same }
        let strange = filled.filter { known[$0] == nil }
        if strange.count * 2 <= filled.count, strange.allSatisfy(Self.isCaption) { return .other }
        return startsTable(names, isBehindGap: isBehindGap) ? .table : nil
    }

    /// Words only, each another, also where figures belong.
    private func startsTable(_ names: [String], isBehindGap: Bool) -> Bool {
        let figures = typed.filter { $0 < names.count }.map { names[$0] }
        guard !asksAboutEach, figures.count > 1 || isBehindGap else { return false }
        return Set(names).count == names.count && names.allSatisfy(Self.isCaption) && figures.allSatisfy { !$0.contains(where: \.isNumber) }
    }

    private static func isCaption(_ name: String) -> Bool { name.contains(where: \.isLetter) && name.count <= 60 }

    private static func trimmed(_ names: [String]) -> [String] {
        Array(names[..<((names.lastIndex { !$0.isEmpty } ?? -1) + 1)])
    }
}
