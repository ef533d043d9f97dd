import Domain

/// The first look at a file: is it text at all, and in the encoding that was declared?
enum FileOpening {
    private static let headLength = 4096

    /// A window on `source` in UTF-8 or a single-byte page, and the length of the byte order mark before it.
    ///
    /// `expected` is a content that a profile's format is made of. Throws `FILE-EMPTY`, `FORMAT-NOT-TEXT` and `ENCODING-CONTRADICTED`.
    static func open(
        _ source: any ByteSource,
        encoding: TextEncoding,
        expected: ContentSignature? = nil,
        file: String,
        bufferSize: Int
    ) throws -> (window: ByteWindow, markLength: Int) {
        var (head, whole) = try PrefixedByteSource.peek(source, length: headLength)
        let mark = mark(of: head)
        let markLength = mark?.byteOrderMark.count ?? 0
        guard head.count > markLength else {
            throw Diagnostic(
                "FILE-EMPTY", head.isEmpty ? "the file is empty" : "the file holds nothing but a byte order mark",
                at: .init(file: file), fix: "nothing is applied; ask the sender whether the export failed")
        }
        if let signature = ContentSignature(head: head), signature != expected { throw signature.diagnostic(file: file) }
        if let found = contradiction(head, mark: mark, declared: encoding) {
            throw contradicted(declared: encoding, found: found, file: file)
        }
        if markLength > 0 {
            var skipped = [UInt8](repeating: 0, count: markLength)
            _ = try skipped.withUnsafeMutableBytes { try whole.read(into: $0) }
        }
        let text: any ByteSource = encoding.isUTF16 ? UTF16Source(whole, encoding: encoding, file: file) : whole
        return (ByteWindow(text, capacity: bufferSize), markLength)
    }

    /// The encoding whose byte order mark `head` starts with.
    static func mark(of head: [UInt8]) -> TextEncoding? {
        [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian].first { head.starts(with: $0.byteOrderMark) }
    }

    static func contradicted(declared: TextEncoding, found: String, file: String) -> Diagnostic {
        Diagnostic(
            "ENCODING-CONTRADICTED",
            "the profile says \(declared.rawValue), but the file is \(found)",
            at: .init(file: file),
            fix: "ask the sender what changed, or correct 'encoding' in profile.json; nothing of this file is applied"
        )
    }

    private static func contradiction(_ head: [UInt8], mark: TextEncoding?, declared: TextEncoding) -> String? {
        if let mark { return mark == declared ? nil : "\(mark.rawValue) (it starts with that byte order mark)" }
        let pairs = head.count / 2
        guard pairs >= 4 else { return nil }
        let evenZeros = (0..<pairs).count { head[2 * $0] == 0 }
        let oddZeros = (0..<pairs).count { head[2 * $0 + 1] == 0 }
        switch declared {
        case .utf16LittleEndian: return oddZeros == 0 ? "in bytes of one: no character has a zero byte" : nil
        case .utf16BigEndian: return evenZeros == 0 ? "in bytes of one: no character has a zero byte" : nil
        case .utf8, .windows1252, .latin1, .latin9, .codePage850:
            if oddZeros * 3 > pairs, evenZeros == 0 { return "utf-16le without a byte order mark" }
            return evenZeros * 3 > pairs && oddZeros == 0 ? "utf-16be without a byte order mark" : nil
        }
    }
}
