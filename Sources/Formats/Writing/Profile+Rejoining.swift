import Domain

extension Profile {
    /// A file of single records: `head` is everything that stood before the first record of the file they came from (byte
    /// order mark, header, opening tags), `records` their bytes, edited or not.
    ///
    /// Throws `RETRY-CONTEXT` where records of this profile take values from what stands above them, so that they would get
    /// another record's; and what reading `head` throws.
    package func rejoined(head: [UInt8], records: [[UInt8]]) throws -> [UInt8] {
        switch format {
        case .csv, .tagged, .fixed:
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
