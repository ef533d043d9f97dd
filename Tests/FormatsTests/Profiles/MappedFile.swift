import Domain

@testable import Formats

/// A file through its profile as two tables: the mapped records, and what was rejected. Clean CSV, for golden folders.
struct MappedFile {
    var records: [UInt8]
    var rejects: [UInt8]
    var proof: FileProof
    let size: Int

    init(_ profile: Profile, _ bytes: [UInt8]) throws {
        let fields = profile.mappedFields.map { name in
            let known = FieldVocabulary.entityField(name)
            return EntityField(name, Self.kind(of: name, profile), "", isCode: known.isCode)
        }
        let file = try ReadFile(profile, bytes, fields: fields)
        let writer = CSVWriter()
        func row(_ cells: [String]) -> [UInt8] { writer.row(cells.map { Array($0.utf8) }) }
        records = row(["line"] + fields.map(\.name))
        rejects = row(["line", "code", "column", "value", "reason"])
        for record in file.good {
            for cells in record.rows { records += row(["\(record.origin.line)"] + cells.map(Self.plain)) }
        }
        for record in file.rejected {
            let reason = record.reason
            rejects += row(["\(record.origin.line)", reason?.code ?? "", reason?.column ?? "", reason?.value ?? "", reason?.text ?? ""])
        }
        proof = file.proof
        size = bytes.count
    }

    /// What the vocabulary says, then what the column is.
    private static func kind(of field: String, _ profile: Profile) -> EntityField.Kind {
        if let kind = FieldVocabulary.kind(of: field) { return kind }
        guard case .column(let name) = profile.mappings[field]?.source else { return .text }
        switch profile.schema.column(named: name)?.kind {
        case .number, .integer: return .decimal
        case .boolean: return .boolean
        case .date, .datetime: return .instant
        case .string, nil: return .text
        }
    }

    /// `text:A1` is `A1`; a blank cell is empty; a column that the file lacks says so.
    private static func plain(_ cell: String) -> String {
        switch cell {
        case "blank": ""
        case "absent": "(absent)"
        case "cleared": "(cleared)"
        default: String(cell.drop { $0 != ":" }.dropFirst())
        }
    }
}
