import Domain

/// An XML file of the profile's elements.
struct ElementsFile {
    private let profile: OutputProfile
    private var cells: CellWriter
    private var xml: XMLWriter
    private var bytes: [UInt8] = []
    private var places: [WrittenFile.Place] = []
    private var notes: [[String]] = []

    init(profile: OutputProfile, cells: CellWriter) {
        self.profile = profile
        self.cells = cells
        xml = XMLWriter(profile.encoding)
    }

    mutating func write(
        _ root: OutputElement, _ documents: [MadeDocument], _ batch: OutputBatch
    ) throws(DocumentRefusal) -> WrittenFile {
        if profile.hasByteOrderMark, !profile.encoding.isUTF16 { bytes += profile.encoding.byteOrderMark }
        let batchValues = batch.values(documents, rows: documents.count, lines: 0)
        if root.holdsDocuments {
            try write(root, OutputValues(records: [], batch: batchValues), documents)
        } else if let document = documents.first {
            let noted = cells.notes.count
            try write(root, OutputValues(records: [document.record], batch: batchValues), [])
            notes.append(Array(cells.notes[noted...]))
        }
        bytes += xml.take()
        if !root.holdsDocuments { places = [.init(line: 1, offset: 0, length: bytes.count)] }
        return WrittenFile(bytes: bytes, places: places, notes: notes)
    }

    private mutating func write(
        _ element: OutputElement, _ values: OutputValues, _ documents: [MadeDocument]
    ) throws(DocumentRefusal) {
        switch element.repetition {
        case .once: try writeOnce(element, values, documents)
        case .group(let name): for record in values.group(name) { try writeOnce(element, values.below(record), documents) }
        case .documents:
            for document in documents {
                bytes += xml.take()
                let (start, noted) = (bytes.count, cells.notes.count)
                let line = bytes.count { $0 == 0x0A } + 1
                try writeOnce(element, values.below(document.record), [])
                bytes += xml.take()
                places.append(.init(line: line, offset: start, length: bytes.count - start))
                notes.append(Array(cells.notes[noted...]))
            }
        }
    }

    private mutating func writeOnce(
        _ element: OutputElement, _ values: OutputValues, _ documents: [MadeDocument]
    ) throws(DocumentRefusal) {
        if let condition = element.condition, isBlank(values.value(condition)) { return }
        guard try hasContent(element, values, documents) else { return }
        var attributes: [(name: String, value: String)] = []
        for (name, cell) in element.attributes {
            let text = try cells.text(cell, values)
            if !text.isEmpty { attributes.append((name, text)) }
        }
        switch element.content {
        case .leaf(let cell): xml.element(element.name, try cells.text(cell, values), attributes)
        case .children(let children):
            xml.start(element.name, attributes)
            for child in children { try write(child, values, documents) }
            xml.end()
        }
    }

    /// An element without anything to say is left out, and so is its parent then. A required one is never without: it refuses.
    private func hasContent(_ element: OutputElement, _ values: OutputValues, _ documents: [MadeDocument]) throws(DocumentRefusal) -> Bool {
        if element.isKept { return true }
        switch element.content {
        case .leaf(let cell): return has(cell, values) || element.attributes.contains { name, cell in isValue(cell) && has(cell, values) }
        case .children(let children):
            for child in children {
                switch child.repetition {
                case .documents: if !documents.isEmpty { return true }
                case .group(let name): if !values.group(name).isEmpty { return true }
                case .once:
                    if let condition = child.condition, isBlank(values.value(condition)) { continue }
                    if try hasContent(child, values, documents) { return true }
                }
            }
            return element.attributes.contains { name, cell in isValue(cell) && has(cell, values) }
        }
    }

    private func isValue(_ cell: OutputCell) -> Bool { if case .value = cell.source { true } else { false } }

    private func has(_ cell: OutputCell, _ values: OutputValues) -> Bool {
        switch cell.source {
        case .constant: true
        case .value(let name): cell.isRequired || !cell.fallback.isEmpty || !isBlank(values.value(name))
        }
    }

    private func isBlank(_ value: DocumentValue?) -> Bool {
        switch value {
        case nil: true
        case .text(let text): text.isEmpty
        case .number, .instant: false
        }
    }
}
