import Domain

extension OutputProfile {
    /// Lines of an address that the file has no place for: they are not dropped without a word. Of a template, which decides while it is
    /// written what it tells, its file knows.
    func untold(_ record: DocumentRecord) -> [String] {
        if case .template = form { return [] }
        return Self.untold(record, where: valueNames)
    }

    /// - Parameter told: the names of the values that the file tells.
    static func untold(_ record: DocumentRecord, where told: Set<String>) -> [String] {
        ["billing", "delivery"].flatMap { prefix -> [String] in
            // A file that tells no street at all leaves the address out on purpose.
            guard told.contains("\(prefix).street1"), !told.contains("\(prefix).street") else { return [] }
            let last = (1...9).last { told.contains("\(prefix).street\($0)") } ?? 0
            let rest = (2...9).first { told.contains("\(prefix).street_from\($0)") } ?? .max
            return (1...9).compactMap { line in
                guard line > last, line < rest, case .text(let text)? = record.values["\(prefix).street\(line)"], !text.isEmpty else {
                    return nil
                }
                return "\(prefix).street\(line) \(Escaped(text, limit: 60)) has no place in the file"
            }
        }
    }

    /// The values that the file's cells and conditions name.
    private var valueNames: Set<String> {
        switch form {
        case .rows(let rows): rows.rows.reduce(into: []) { names, row in for cell in row.cells { names.formUnion(cell.valueName) } }
        case .xml(let root): root.valueNames
        case .template: []
        }
    }
}

extension OutputCell {
    fileprivate var valueName: [String] { if case .value(let name) = source { [name] } else { [] } }
}

extension OutputElement {
    fileprivate var valueNames: Set<String> {
        var names = Set(attributes.flatMap { $0.1.valueName })
        switch content {
        case .leaf(let cell): names.formUnion(cell.valueName)
        case .children(let children): for child in children { names.formUnion(child.valueNames) }
        }
        return names
    }
}
