internal import Domain
import Mustache

/// A file written by templates of the profile's own, for layouts that neither rows nor elements describe.
///
/// Templates are Mustache: `{{customer.name}}` is a value, `{{#lines}}…{{/lines}}` repeats for each line or asks whether a value is there.
/// Whatever a value holds, it cannot leave its place: each is escaped as the file's form demands, however the template names it.
package struct OutputTemplate: Sendable {
    package enum Escaping: String, Sendable, CaseIterable {
        case xml
        /// As a cell of the profile's dialect.
        case csv
        /// As it is, for fixed layouts of the template's making; line ends become blanks.
        case none
    }

    var escaping: Escaping
    var dialect: CSVDialect
    var start: MustacheTemplate?
    var document: MustacheTemplate
    var end: MustacheTemplate?
    var holdsOneDocument: Bool
    /// The limits of values, by their names; others are written as they are.
    var fields: [String: OutputCell]
}

extension OutputTemplate {
    /// `folder` holds the templates. Throws `PROFILE-…` diagnostics.
    init(_ reader: inout NodeReader, folder: String) throws {
        escaping = try reader.choice("escape") ?? .xml
        let empty = SettingNode(.map([]), at: reader.location)
        dialect = try DialectFile(reader.node("dialect") ?? empty).dialect
        holdsOneDocument = try reader.flag("one_document") ?? false
        start = try Self.read(try reader.text("start"), in: folder, &reader)
        end = try Self.read(try reader.text("end"), in: folder, &reader)
        guard let document = try Self.read(try reader.required("document"), in: folder, &reader) else {
            throw Diagnostic(
                "PROFILE-VALUE", "\(reader.path).document is missing", at: reader.location, fix: "name the template of one document")
        }
        self.document = document
        fields = try (reader.entries("fields") ?? []).reduce(into: [:]) { fields, entry in
            fields[entry.key] = try OutputCell(limiting: entry.key, entry.node, path: "\(reader.path).fields.\(entry.key)")
        }
    }

    private static func read(_ name: String?, in folder: String, _ reader: inout NodeReader) throws -> MustacheTemplate? {
        guard let name else { return nil }
        let path = "\(folder)/\(name)"
        guard !name.contains("/"), let bytes = try OwnFile.content(path) else {
            throw Diagnostic(
                "PROFILE-FILE", "there is no template \(Escaped(name))", at: .init(file: path), fix: "put it beside output.json")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // Parts of other files, and delimiters that change, would read on from here without a place of their own.
        if let foreign = ["{{>", "{{<", "{{$", "{{=", "{{%"].first(where: { text.contains($0) }) {
            throw Diagnostic(
                "PROFILE-TEMPLATE", "\(foreign) is not taken in a template", at: .init(file: path), fix: "write values and sections only")
        }
        do {
            // Values arrive escaped; the library must not do it again.
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
        } catch {
            throw Diagnostic(
                "PROFILE-TEMPLATE", "the template cannot be read: \(error)", at: .init(file: path),
                fix: "close every {{#section}} with {{/section}}")
        }
    }
}
