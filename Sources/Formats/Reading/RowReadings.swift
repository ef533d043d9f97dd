import Domain

/// The other ways to read a record whose count of cells is not the file's.
///
/// Such a record may be whole and only lack its empty last cells, or have some too many. It may as well have lost a separator, or have
/// got one inside a cell. It is certain only if each of these readings puts something into a column that the column cannot hold.
struct RowReadings {
    /// What may have happened to a record instead.
    enum Damage {
        /// A separator is missing inside or behind the cell of this position.
        case missing(at: Int)
        /// The separator behind the cell of this position is one too many.
        case surplus(at: Int)
        /// Too long to be tried.
        case untried
    }

    /// Cells longer than this in total are not tried.
    private static let longest = 4096

    private let separator: UInt8
    /// Another content matters in each cell, not only in those that are read.
    private let everyCellCounts: Bool
    /// By position in the record; `nil`: every column holds any text.
    private let columns: [[ReadyColumn]]?
    /// By position, of columns that nobody reads: what their declared type says, as far as the record itself obeys it.
    private let evidence: [ReadyColumn?]
    private var isEvident: [Bool]
    /// Keeps the rules of `columns` and `evidence` alive.
    private let plan: RecordPlan?
    private var scratch = RecordBatch(fieldCount: 0)
    /// Bounds what the records of one file may cost.
    private var trialsLeft = 5_000_000

    init(separator: UInt8, plan: RecordPlan?, everyCellCounts: Bool) {
        self.separator = separator
        self.everyCellCounts = everyCellCounts
        self.plan = plan
        var evidence = [ReadyColumn?](repeating: nil, count: plan?.loop.width ?? 0)
        for column in plan?.evidence ?? [] where column.position < evidence.count { evidence[column.position] = ReadyColumn(column) }
        self.evidence = evidence
        isEvident = [Bool](repeating: false, count: evidence.count)
        columns = plan.map { plan in
            var columns = [[ReadyColumn]](repeating: [], count: plan.loop.width)
            let read = Array(plan.loop.columns) + Array(plan.loop.checked) + (plan.loop.eventTime.map { [$0] } ?? [])
            for column in read where column.rules != nil && column.position < columns.count { columns[column.position].append(column) }
            return columns
        }
    }

    /// Another reading of `cells` that fits the columns and gives one of them another content; `nil` where there is none.
    mutating func other(than cells: [[UInt8]], shape: TableShape) -> Damage? {
        let length = cells.reduce(0) { $0 + $1.count }
        trialsLeft -= length + 2 * cells.count
        guard length <= Self.longest, trialsLeft > 0 else { return .untried }
        for (position, column) in evidence.enumerated() {
            isEvident[position] = column.map { position >= cells.count || holds($0, cells[position]) } ?? false
        }
        if shape.allows(cells.count + 1), cells.count + 1 <= shape.expected ?? .max, let at = split(cells, shape) { return .missing(at: at) }
        if shape.allows(cells.count - 1), let at = join(cells, shape) { return .surplus(at: at) }
        return nil
    }

    /// Whether all of `cells` fit their columns.
    mutating func fits(_ cells: [[UInt8]], shape: TableShape) -> Bool {
        for (position, cell) in cells.enumerated() where !fits(cell, at: position, shape) { return false }
        return true
    }

    /// The first cell that may have been two.
    private mutating func split(_ cells: [[UInt8]], _ shape: TableShape) -> Int? {
        // From which cell on all fit one column further to the right, and from which on that changes nothing.
        var (fitting, same) = (cells.count, cells.count)
        while fitting > 0, fits(cells[fitting - 1], at: fitting, shape) { fitting -= 1 }
        while same > 0, isSame(cells[same - 1], cells, at: same) { same -= 1 }
        for position in max(0, fitting - 1)..<cells.count {
            let cell = cells[position]
            for cut in 0...cell.count where cut == cell.count || cell[cut] & 0xC0 != 0x80 {
                let (left, right) = (Array(cell[..<cut]), Array(cell[cut...]))
                if same <= position + 1, isSame(left, cells, at: position), isSame(right, cells, at: position + 1) { continue }
                if fits(left, at: position, shape), fits(right, at: position + 1, shape) { return position }
            }
        }
        return nil
    }

    /// The first two cells that may have been one.
    private mutating func join(_ cells: [[UInt8]], _ shape: TableShape) -> Int? {
        var (fitting, same) = (cells.count, cells.count)
        while fitting > 1, fits(cells[fitting - 1], at: fitting - 2, shape) { fitting -= 1 }
        while same > 1, isSame(cells[same - 1], cells, at: same - 2) { same -= 1 }
        for position in max(0, fitting - 2)..<max(0, cells.count - 1) {
            for between in [[], [separator]] {
                let joined = cells[position] + between + cells[position + 1]
                if same <= position + 2, isSame(joined, cells, at: position), isSame([], cells, at: cells.count - 1) { continue }
                if fits(joined, at: position, shape) { return position }
            }
        }
        return nil
    }

    private func isSame(_ cell: [UInt8], _ cells: [[UInt8]], at position: Int) -> Bool {
        if !everyCellCounts, let columns, position >= columns.count || columns[position].isEmpty { return true }
        return position < cells.count ? cells[position] == cell : cell.isEmpty
    }

    private mutating func fits(_ cell: [UInt8], at position: Int, _ shape: TableShape) -> Bool {
        if position >= shape.columnCount { return cell.isEmpty }
        guard let columns, position < columns.count else { return true }
        for column in columns[position] where !holds(column, cell) { return false }
        if isEvident[position], let column = evidence[position] { return holds(column, cell) }
        return true
    }

    private mutating func holds(_ column: ReadyColumn, _ cell: [UInt8]) -> Bool {
        guard let rules = column.rules else { return true }
        scratch.removeAll()
        let typed = cell.withUnsafeBufferPointer { content in
            rules._withUnsafeGuaranteedRef { CellTyping.typed(content, column.kind, $0, &scratch) }
        }
        if case .failure = typed { return false }
        return true
    }
}
