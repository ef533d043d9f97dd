import Domain
import Mustache

/// A record, or the value of a name in it, as the template library asks for them.
///
/// `shipping` is a value and `shipping.net` another: a node is a name so far, and stands for its value and for all names that go on from it.
struct TemplateNode: MustacheParent, MustacheCustomRenderable {
    let record: DocumentRecord
    let values: OutputValues
    /// Empty: the record itself.
    let name: String
    let pen: TemplatePen

    var isNull: Bool {
        guard !name.isEmpty else { return false }
        return isBlank(values.value(name)) && !names { $0.hasPrefix(name + ".") }
    }

    var renderText: String { name.isEmpty ? "" : pen.text(name, values) }

    func child(named child: String) -> Any? {
        let full = name.isEmpty ? child : "\(name).\(child)"
        if let group = record.groups[full] {
            let records = group.map { TemplateNode(record: $0, values: values.below($0), name: "", pen: pen) }
            return TemplateGroup(records: records, value: TemplateNode(record: record, values: values, name: full, pen: pen))
        }
        // A field that the ERP demands is asked for where the order has none, too.
        let isKnown = names { $0 == full || $0.hasPrefix(full + ".") } || pen.hasField(full)
        return isKnown ? TemplateNode(record: record, values: values, name: full, pen: pen) : nil
    }

    private func names(where matches: (String) -> Bool) -> Bool {
        record.values.keys.contains(where: matches) || values.batch.keys.contains(where: matches)
    }

    private func isBlank(_ value: DocumentValue?) -> Bool {
        switch value {
        case nil: true
        case .text(let text): text.isEmpty
        case .number, .instant: false
        }
    }
}

/// The records of a group, which a section repeats. `remarks` is a value, too.
struct TemplateGroup: MustacheSequence, MustacheCustomRenderable {
    let records: [TemplateNode]
    let value: TemplateNode

    var isNull: Bool { records.isEmpty }
    var renderText: String { value.renderText }
    func makeIterator() -> IndexingIterator<[TemplateNode]> { records.makeIterator() }
}

/// Writes the values of a template, each escaped and within its limits. Keeps what went wrong: the library has no way to stop.
final class TemplatePen {
    private let template: OutputTemplate
    private let profile: OutputProfile
    private let csv: CSVWriter
    private(set) var cells: CellWriter
    private(set) var refusal: DocumentRefusal?
    private var told: Set<String> = []

    init(_ template: OutputTemplate, profile: OutputProfile, cells: CellWriter) {
        self.template = template
        self.profile = profile
        self.cells = cells
        csv = CSVWriter(template.dialect)
    }

    /// Whether limits are given for the name, or for one that goes on from it.
    func hasField(_ name: String) -> Bool { template.fields.keys.contains { $0 == name || $0.hasPrefix(name + ".") } }

    /// The names of values that were written since the last call.
    func takeTold() -> Set<String> {
        defer { told = [] }
        return told
    }

    func text(_ name: String, _ values: OutputValues) -> String {
        told.insert(name)
        let cell = template.fields[name] ?? OutputCell(named: name)
        do {
            let text = try cells.text(cell, values)
            switch template.escaping {
            case .csv where csv.flattens(Array(text.utf8)): cells.note(cell, CellWriter.flattened)
            case .none where text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }): cells.note(cell, "line breaks became blanks")
            case .csv, .none, .xml: break
            }
            return escaped(text)
        } catch {
            if refusal == nil { refusal = error }
            return ""
        }
    }

    private func escaped(_ text: String) -> String {
        switch template.escaping {
        case .xml: Self.escapedForXML(text)
        case .csv: String(decoding: csv.cell(Array(profile.safe(text).utf8)), as: UTF8.self)
        case .none: CellWriter.withoutLineBreaks(text)
        }
    }

    /// Scalar by scalar: a mark that combines with `<` makes another character of both.
    private static func escapedForXML(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&apos;".unicodeScalars)
            // A reader makes one line feed of a line's end, and one blank of it in an attribute.
            case "\r", "\n", "\t": escaped.append(contentsOf: "&#\(scalar.value);".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
