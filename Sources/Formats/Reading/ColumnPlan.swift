import Domain

/// How one cell of the output is made from a row of the file.
struct ColumnPlan {
    enum Kind {
        /// The file or the profile has nothing for the field.
        case absent
        case text, decimal, instant, boolean
        /// The same for every record.
        case constant(RecordBatch.Cell)
        case constantText([UInt8])
    }

    var kind: Kind
    /// Position in the row, from 0; of no meaning for what is not read.
    var position: Int
    var rules: ColumnRules?

    static let absent = ColumnPlan(kind: .absent, position: 0, rules: nil)
}

/// A column's plan as the reading loop sees it: no reference to count, a million times over.
struct ReadyColumn {
    enum Kind { case absent, text, decimal, instant, boolean, constant }

    let kind: Kind
    /// Which of a row's cells it makes.
    let index: Int
    let position: Int
    /// Kept alive by the `RecordPlan` that the column belongs to.
    let rules: Unmanaged<ColumnRules>?

    init(_ plan: ColumnPlan, index: Int = 0) {
        self.index = index
        kind =
            switch plan.kind {
            case .absent: .absent
            case .text: .text
            case .decimal: .decimal
            case .instant: .instant
            case .boolean: .boolean
            case .constant, .constantText: .constant
            }
        position = plan.position
        rules = plan.rules.map { Unmanaged.passUnretained($0) }
    }
}

/// The plans of one file: `rowCount` times the entity's fields. A class because it owns what `loop` points to.
final class RecordPlan {
    /// What reading a record takes of a plan: no reference to count, a million times over. Valid while the plan lives.
    struct Loop {
        /// Those of the columns that make something of a row.
        let columns: UnsafeBufferPointer<ReadyColumn>
        let checked: UnsafeBufferPointer<ReadyColumn>
        let eventTime: ReadyColumn?
        let cellCount: Int
        let rowCount: Int
        /// Cells that a record must have.
        let width: Int
    }

    let columns: [ColumnPlan]
    let loop: Loop
    /// Cells of the profile's own columns, without those that a reject file adds.
    let ownWidth: Int
    let isRejectFile: Bool
    /// Where keys and references stand in a record.
    let codePositions: [Int]
    /// Cells up to and with the last column that every record must have.
    let leastCount: Int
    /// Columns that nobody reads but whose type is declared: evidence of where a record's cells belong.
    let evidence: [ColumnPlan]
    /// Columns that are only checked.
    private let checked: [ColumnPlan]
    /// The column of the file's event time.
    let eventTime: ColumnPlan?

    /// Throws `HEADER-…` where the file lacks what the fields need and `PROFILE-FIELD-KIND` where a mapping cannot work.
    init(profile: Profile, fields: [EntityField], captions: [String], zone: ZoneRules, place: Diagnostic.Location)
        throws
    {
        let hasHeader = profile.layout.headerRows > 0
        let match =
            hasHeader
            ? try HeaderMatch(
                schema: profile.schema, rules: profile.header, captions: captions, pivot: profile.pivot, place: place)
            : HeaderMatch(schema: profile.schema, place: place)
        let maker = PlanMaker(profile: profile, match: match, captions: captions, zone: zone)
        let rowCount: Int
        if let pivot = profile.pivot {
            let codes = try maker.codes(of: pivot, place: place)
            columns = try codes.flatMap { code in try fields.map { try maker.plan($0, pivot: pivot, code: code) } }
            rowCount = codes.count
        } else {
            columns = try fields.map { try maker.plan($0) }
            rowCount = 1
        }
        checked = try profile.checkedColumns.map { name in
            try maker.column(name, kind: .text, isCode: false, mapping: CellMapping(blank: .keep))
        }
        if case .column(let name) = profile.eventTime {
            eventTime = try maker.column(name, kind: .instant, isCode: false, mapping: CellMapping(blank: .keep))
        } else {
            eventTime = nil
        }
        codePositions = columns.filter { $0.rules?.isCode == true }.map(\.position)
        let needed = (columns + checked + (eventTime.map { [$0] } ?? [])).filter { $0.rules?.isOptional == false }
        leastCount = (needed.map(\.position).max() ?? 0) + 1
        let read = Set((columns + checked + (eventTime.map { [$0] } ?? [])).filter { $0.rules != nil }.map(\.position))
        evidence = try profile.schema.columns.compactMap { column in
            let kind: EntityField.Kind? =
                switch column.kind {
                case .string: nil
                case .number, .integer: .decimal
                case .boolean: .boolean
                case .date, .datetime: .instant
                }
            guard let kind, let position = match.positions[column.name], !read.contains(position) else { return nil }
            return try maker.column(column.name, kind: kind, isCode: false, mapping: CellMapping(blank: .keep, isOptional: true))
        }
        isRejectFile = match.isRejectFile
        ownWidth = match.isRejectFile ? match.width - RejectWriter.columns.count : match.width
        loop = Loop(
            columns: Self.lay(columns.enumerated().map { ReadyColumn($1, index: $0) }.filter { $0.kind != .absent }),
            checked: Self.lay(checked.map { ReadyColumn($0) }), eventTime: eventTime.map { ReadyColumn($0) },
            cellCount: columns.count, rowCount: rowCount, width: match.width)
    }

    deinit {
        loop.columns.deallocate()
        loop.checked.deallocate()
    }

    private static func lay(_ columns: [ReadyColumn]) -> UnsafeBufferPointer<ReadyColumn> {
        let room = UnsafeMutableBufferPointer<ReadyColumn>.allocate(capacity: columns.count)
        _ = room.initialize(from: columns)
        return UnsafeBufferPointer(room)
    }
}
