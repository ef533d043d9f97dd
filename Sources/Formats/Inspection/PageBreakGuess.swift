/// What a report prints on each page besides its records: the captions once more, and the same lines around them.
struct PageBreakGuess {
    /// Indices of the rows where the captions stand again.
    private(set) var repeats: [Int] = []
    /// As `layout.page_titles` has them, in the order of the file.
    private(set) var titles: [String] = []
    /// Indices of all rows that belong to page breaks.
    private(set) var rows: Set<Int> = []

    /// So many lines above the captions may belong to a page.
    private static let mostTitles = 6

    /// `text` is what the rows were read from.
    init(_ rows: [RowSample.Row], header: HeaderGuess, width: Int, text: [UInt8]) {
        guard let captions = header.row else { return }
        repeats = rows.indices.filter { $0 > captions && rows[$0].cells == rows[captions].cells }
        guard !repeats.isEmpty else { return }
        self.rows = Set(repeats)
        let above = header.hasGroups ? 1 : 0
        for index in repeats {
            if above > 0, rows[index - 1].cells == rows[captions - 1].cells { self.rows.insert(index - 1) }
            for below in 1..<(1 + header.extraRows)
            where rows.indices.contains(index + below) && rows[index + below].cells == rows[captions + below].cells {
                self.rows.insert(index + below)
            }
        }
        // Above the first captions stands what the first page has of it.
        let first = Set(rows[..<(captions - above)].compactMap { PageTitles.pattern(of: text[$0.content]) })
        func pattern(_ index: Int) -> [UInt8]? {
            guard rows.indices.contains(index), index > captions, !self.rows.contains(index) else { return nil }
            guard let pattern = PageTitles.pattern(of: text[rows[index].content]), PageTitles.isTelling(pattern) else { return nil }
            // A record may have blank cells. What stood above the first captions is none.
            let filled = rows[index].cells.count { !$0.isEmpty }
            let isBare = filled * 2 <= max(width, rows[index].cells.count)
            return isBare || filled < max(width, rows[index].cells.count) && first.contains(pattern) ? pattern : nil
        }
        for distance in (above + 1)...(above + Self.mostTitles) {
            let found = repeats.map { pattern($0 - distance) }
            guard let title = found[0], found.allSatisfy({ $0 == title }), repeats.count > 1 || first.contains(title) else { break }
            // Records are alike wherever they stand; a title stands at breaks alone, and at the end of the last page.
            let elsewhere = rows.indices.filter { pattern($0) == title }.filter { index in !repeats.contains { $0 - distance == index } }
            guard elsewhere.isEmpty || elsewhere == [rows.count - 1] else { break }
            titles.insert(String(decoding: title, as: UTF8.self), at: 0)
            self.rows.formUnion(repeats.map { $0 - distance })
        }
        // The same line at the end of the last page has no captions behind it.
        let known = Set(titles.map { Array($0.utf8) })
        self.rows.formUnion(rows.indices.filter { pattern($0).map(known.contains) ?? false })
    }
}
