import Domain
import Mustache

/// A file from the profile's templates: what stands in front, each document, what stands behind.
struct TemplateFile {
    private let profile: OutputProfile
    private let template: OutputTemplate
    private let pen: TemplatePen
    private var bytes: [UInt8] = []
    private var line = 1

    init(profile: OutputProfile, template: OutputTemplate, cells: CellWriter) {
        self.profile = profile
        self.template = template
        pen = TemplatePen(template, profile: profile, cells: cells)
    }

    mutating func write(_ documents: [MadeDocument], _ batch: OutputBatch) throws(DocumentRefusal) -> WrittenFile {
        if profile.hasByteOrderMark { bytes += profile.encoding.byteOrderMark }
        let batchValues = batch.values(documents, rows: documents.count, lines: 0)
        let file = DocumentRecord([:])
        let around = OutputValues(records: [], batch: batchValues)
        if let start = template.start { try append(start, file, around) }
        var places: [WrittenFile.Place] = []
        var notes: [[String]] = []
        for document in documents {
            _ = pen.takeTold()
            let (offset, first, noted) = (bytes.count, line, pen.cells.notes.count)
            try append(template.document, document.record, around.below(document.record))
            places.append(.init(line: first, offset: offset, length: bytes.count - offset))
            notes.append(Array(pen.cells.notes[noted...]) + OutputProfile.untold(document.record, where: pen.takeTold()))
        }
        if let end = template.end { try append(end, file, around) }
        try prove()
        return WrittenFile(bytes: bytes, places: places, notes: notes)
    }

    private mutating func append(
        _ part: MustacheTemplate, _ record: DocumentRecord, _ values: OutputValues
    ) throws(DocumentRefusal) {
        let text = part.render(TemplateNode(record: record, values: values, name: "", pen: pen))
        if let refusal = pen.refusal { throw refusal }
        line += text.utf8.count { $0 == 0x0A }
        bytes += profile.encoding == .utf8 ? Array(text.utf8) : profile.encoding.encode(text).bytes
    }

    /// A template may forget an end tag; the ERP must not be the first to see it.
    private func prove() throws(DocumentRefusal) {
        let events = XMLEvents()
        guard template.escaping == .xml, let parser = LibXML2(events: events) else { return }
        let mark = profile.hasByteOrderMark ? profile.encoding.byteOrderMark.count : 0
        let text = Array(profile.encoding.decode(Array(bytes.dropFirst(mark))).utf8)
        let found = withExtendedLifetime(events) { text.withUnsafeBufferPointer { parser.push($0) ?? parser.finish() } }
        guard let fault = found else { return }
        throw DocumentRefusal(
            RejectReason(
                "TEMPLATE-FORM", "the template's file is not well-formed XML at line \(fault.line), column \(fault.column)",
                fix: "correct the template beside output.json; nothing was sent"))
    }
}
