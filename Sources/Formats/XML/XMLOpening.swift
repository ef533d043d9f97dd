import Domain

/// The first look at an XML file: is it XML at all, in which characters, and does it say the same of itself?
enum XMLOpening {
    private static let headLength = 4096

    struct Opened {
        var source: any ByteSource
        var encoding: XMLEncoding
        /// Length of the byte order mark, in bytes.
        var markLength: Int
    }

    /// Throws `FILE-EMPTY`, `FORMAT-NOT-XML`, `ENCODING-UNKNOWN` and `ENCODING-CONTRADICTED`. `stated` is what the profile says.
    static func open(_ source: any ByteSource, stated: TextEncoding?, file: String) throws -> Opened {
        var (head, whole) = try PrefixedByteSource.peek(source, length: headLength)
        if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw unknown("UTF-32", file)
        }
        let mark = FileOpening.mark(of: head)
        let markLength = mark?.byteOrderMark.count ?? 0
        guard head.count > markLength else {
            throw Diagnostic(
                "FILE-EMPTY", head.isEmpty ? "the file is empty" : "the file holds nothing but a byte order mark",
                at: .init(file: file), fix: "nothing is applied; ask the sender whether the export failed")
        }
        let form = mark ?? unmarked(head)
        try checkForm(head.dropFirst(markLength), form, file)
        let declared = declaration(in: head.dropFirst(markLength), form)
        let encoding =
            try stated.map { try overruled($0, form: form, isMarked: mark != nil, file: file) }
            ?? encoding(form: form, isMarked: mark != nil, declared: declared, file: file)
        if markLength > 0 {
            var skipped = [UInt8](repeating: 0, count: markLength)
            _ = try skipped.withUnsafeMutableBytes { try whole.read(into: $0) }
        }
        return Opened(source: encoding.source(whole, file: file), encoding: encoding, markLength: markLength)
    }

    private static func unmarked(_ head: [UInt8]) -> TextEncoding? {
        if head.starts(with: [0x3C, 0x00]) { return .utf16LittleEndian }
        if head.starts(with: [0x00, 0x3C]) { return .utf16BigEndian }
        return nil
    }

    private static func checkForm(_ content: ArraySlice<UInt8>, _ form: TextEncoding?, _ file: String) throws {
        if content.starts(with: [0x4C, 0x6F, 0xA7, 0x94]) { throw unknown("EBCDIC", file) }
        let found: String
        switch ContentSignature(head: content) {
        case .xml, .html: return
        case let signature?: found = signature.rawValue
        case nil:
            let first = content.first { $0 > 0x20 }
            if form?.isUTF16 == true || first == UInt8(ascii: "<") || first == nil { return }
            found = "not XML: it does not begin with <"
        }
        throw Diagnostic(
            "FORMAT-NOT-XML", "the content is \(found)", at: .init(file: file),
            fix: "check that the right file lands in this folder, and unpacked; nothing of it is applied")
    }

    /// The encoding that the XML declaration names.
    static func declaration(in content: ArraySlice<UInt8>, _ form: TextEncoding?) -> String? {
        var text = Array(content.prefix(1024))
        if form?.isUTF16 == true { text = text.filter { $0 != 0 } }
        guard text.starts(with: "<?xml".utf8) else { return nil }
        let declaration = String(decoding: text, as: UTF8.self).prefix { $0 != ">" }
        guard let key = declaration.firstRange(of: "encoding") else { return nil }
        let rest = declaration[key.upperBound...].drop { " \t\r\n=".contains($0) }
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
        return String(rest.dropFirst().prefix { $0 != quote })
    }

    /// What the profile says goes before the declaration, but not before the bytes: a mark or letters of two bytes prove themselves.
    private static func overruled(_ stated: TextEncoding, form: TextEncoding?, isMarked: Bool, file: String) throws -> XMLEncoding {
        let isWide = form?.isUTF16 == true
        guard stated.isUTF16 == isWide, !isWide || stated == form, !isMarked || isWide || stated == .utf8,
            let encoding = XMLEncoding(named: stated.rawValue)
        else { throw FileOpening.contradicted(declared: stated, found: form?.rawValue ?? "not in UTF-16", file: file) }
        return encoding
    }

    private static func encoding(form: TextEncoding?, isMarked: Bool, declared: String?, file: String) throws -> XMLEncoding {
        guard let declared else { return form.flatMap { XMLEncoding(named: $0.rawValue) } ?? .utf8 }
        let isDeclaredWide = declared.lowercased().hasPrefix("utf-16") || declared.lowercased().hasPrefix("utf16")
        // The bytes prove it: programs that write UTF-16 copy the first line from elsewhere.
        if let form, form.isUTF16 { return .utf16(form) }
        if isDeclaredWide {
            throw contradicted(
                declared, "not in UTF-16: one byte a letter, such as utf-8", file,
                fix:
                    "write \"encoding\": \"utf-8\" in the profile, which goes before the first line of the file; or ask the sender to correct that line"
            )
        }
        guard let encoding = XMLEncoding(named: declared) else { throw unknown(declared, file) }
        if isMarked, encoding.name != TextEncoding.utf8.rawValue {
            throw contradicted(declared, "utf-8 (it starts with that byte order mark)", file)
        }
        return encoding
    }

    private static func contradicted(
        _ declared: String, _ found: String, _ file: String,
        fix: String = "ask the sender to declare what is written; nothing of this file is applied"
    ) -> Diagnostic {
        Diagnostic("ENCODING-CONTRADICTED", "the file declares \(Escaped(declared)), but it is \(found)", at: .init(file: file), fix: fix)
    }

    private static func unknown(_ name: String, _ file: String) -> Diagnostic {
        Diagnostic(
            "ENCODING-UNKNOWN", "the encoding \(Escaped(name)) is not known here", at: .init(file: file),
            fix: "ask the sender for utf-8, utf-16, an iso-8859 or a windows page; nothing of this file is applied")
    }
}
