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

/// The plans of one file: `rowCount` times the entity's fields.
struct RecordPlan {
    var columns: [ColumnPlan]
    var rowCount: Int
    /// Cells that a record must have.
    var width: Int
    /// Cells of the profile's own columns, without those that a reject file adds.
    var ownWidth: Int
    var isRejectFile: Bool
    /// The column of the file's event time.
    var eventTime: ColumnPlan?

    /// Throws `HEADER-…` where the file lacks what the fields need and `PROFILE-FIELD-KIND` where a mapping cannot work.
    init(profile: Profile, fields: [EntityField], captions: [String], zone: ZoneRules, file: String) throws {
        let hasHeader = profile.layout.headerRows > 0
        let match =
            hasHeader
            ? try HeaderMatch(
                schema: profile.schema, rules: profile.header, captions: captions, pivot: profile.pivot, file: file)
            : HeaderMatch(schema: profile.schema, file: file)
        let maker = PlanMaker(profile: profile, match: match, captions: captions, zone: zone)
        if let pivot = profile.pivot {
            let codes = try maker.codes(of: pivot, file: file)
            columns = try codes.flatMap { code in try fields.map { try maker.plan($0, pivot: pivot, code: code) } }
            rowCount = codes.count
        } else {
            columns = try fields.map { try maker.plan($0) }
            rowCount = 1
        }
        width = match.width
        isRejectFile = match.isRejectFile
        ownWidth = match.isRejectFile ? match.width - RejectWriter.columns.count : match.width
        if case .column(let name) = profile.eventTime {
            eventTime = try maker.column(name, kind: .instant, blank: .keep, trim: .both, isOptional: false)
        }
    }
}
