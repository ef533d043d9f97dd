import Domain

@testable import Formats

/// Small profiles of tagged and fixed-width files.
enum SampleLines {
    static let fields = Array(SampleProfile.stockFields.prefix(3)) + [SampleProfile.stockFields[6]]
    private static let mapping =
        #""fields": {"sku": {"column": "sku"}, "warehouse": {"column": "wh"}, "on_hand": {"column": "qty"}, "valid_from": {"column": "at", "optional": true}}"#
    private static let schema =
        #"{"fields": [{"name": "sku"}, {"name": "wh"}, {"name": "qty", "type": "number"}, {"name": "at", "type": "date", "format": "%Y%m%d"}, {"name": "lines"}]}"#

    /// `records` is the content of records.json.
    static func profile(_ format: String, _ records: String, more: String = "") throws -> Profile {
        try Profile(
            name: "test/lines",
            profile: JSONDocument.parse(
                Array(
                    #"{"title": "T", "format": "\#(format)", \#(more.isEmpty ? "" : more + ",") \#(mapping), "trailer": {"count_column": "lines"}, "event_time": {"source": "column", "column": "at"}}"#
                        .utf8), file: "profile.json"),
            schema: JSONDocument.parse(Array(schema.utf8), file: "schema.json"),
            structure: JSONDocument.parse(Array("{\(records)}".utf8), file: "records.json"))
    }

    static func read(_ profile: Profile, _ text: String, portion: Int = .max, bufferSize: Int = 1 << 16) throws -> ReadFile {
        try ReadFile(profile, profile.encoding.encode(text).bytes, fields: fields, portion: portion, bufferSize: bufferSize)
    }

    /// `sku/wh/qty` of every row of the good records, rows of a record joined by `+`.
    static func rows(_ file: ReadFile) -> [String] {
        file.good.map { record in record.rows.map { $0.prefix(3).map(SampleXML.plain).joined(separator: "/") }.joined(separator: "+") }
    }
}
