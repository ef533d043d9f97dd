package import Domain

/// What stands above the first record of a file.
package struct FileHead {
    /// In bytes of the file.
    package let length: Int
    /// Where the cells of the first header row end.
    let headerEnd: Int
    /// Empty cells that the records have behind the last column, and the header has not.
    let surplus: Int
}

extension Profile {
    /// Throws what reading the first records throws.
    package func head(of source: some ByteSource, fields: [EntityField], context: ReadContext) throws -> FileHead {
        var reader = try makeReader(source, fields: fields, context: context)
        var batch = RecordBatch(fieldCount: fields.count)
        _ = try reader.next(into: &batch)
        let length = batch.entries.first?.origin.offset ?? 0
        guard let table = reader as? RecordReader, layout.headerRows > 0 else { return FileHead(length: length, headerEnd: 0, surplus: 0) }
        return FileHead(length: length, headerEnd: table.headerEnd, surplus: table.surplusCount)
    }

    /// The bytes of a head, whose header then has as many separators as the records: taken out of their file, these do not tell.
    package func stating(_ head: FileHead, in bytes: [UInt8]) -> [UInt8] {
        guard head.surplus > 0, head.headerEnd <= bytes.count else { return bytes }
        let separators = String(repeating: String(UnicodeScalar(dialect.separator)), count: head.surplus)
        return bytes[..<head.headerEnd] + encoding.encode(separators).bytes + bytes[head.headerEnd...]
    }

    /// A file of single records: `head` is everything that stood before the first record of the file they came from (byte
    /// order mark, header, opening tags), `records` their bytes, edited or not.
    ///
    /// Throws `RETRY-CONTEXT` where records of this profile take values from what stands above them, so that they would get
    /// another record's; and what reading `head` throws.
    package func rejoined(head: [UInt8], records: [[UInt8]]) throws -> [UInt8] {
        switch format {
        case .csv, .tagged, .fixed, .jsonl:
            if self.records?.kinds.contains(where: { $0.role == .header }) == true { throw Self.needsContext }
            let lineEnd = encoding.encode("\r\n").bytes
            return records.reduce(into: head) { content, record in
                content += record
                if !endsLine(record) { content += lineEnd }
            }
        case .xml:
            let takesFromAncestors = document?.columns.contains { column in
                column.paths.contains { path in if case .record(let above) = path.start { above > 0 } else { false } }
            }
            guard takesFromAncestors != true, document?.documents == .one else { throw Self.needsContext }
            return try head + records.joined() + XMLClosing.tags(behind: head)
        }
    }

    private func endsLine(_ record: [UInt8]) -> Bool {
        ["\n", "\r"].contains { record.suffix(encoding.isUTF16 ? 2 : 1).elementsEqual(encoding.encode($0).bytes) }
    }

    private static let needsContext = Diagnostic(
        "RETRY-CONTEXT", "these records take values from the header or element above them, and cannot be retried alone",
        fix: "correct them in the ERP and let it write the file again, then dismiss these")
}

/// The tags that the beginning of a document leaves open.
private enum XMLClosing {
    static func tags(behind head: [UInt8]) throws -> [UInt8] {
        let opened = try XMLOpening.open(MemoryByteSource(head), stated: nil, file: "")
        let events = OpenElements()
        let window = ByteWindow(opened.source, capacity: max(64, head.count * 2))
        try window.refill()
        _ = LibXML2(events: events)?.push(.init(start: UnsafePointer(window.current), count: window.available))
        let text = events.names.reversed().map { "</\($0)>" }.joined()
        return Array(text.utf8).withUnsafeBufferPointer { opened.encoding.original($0) }
    }

    private final class OpenElements: XMLEvents {
        private(set) var names: [String] = []

        override func start(_ element: XMLStart) {
            let prefix = element.prefix.map { String(cString: $0) + ":" } ?? ""
            names.append(prefix + String(cString: element.name))
        }

        override func end() { _ = names.popLast() }
    }
}
