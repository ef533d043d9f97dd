/// Watches the characters of a file for signs that it is in another encoding than its profile says (reliability F38).
///
/// One bad character rejects one record. A file whose every special character is wrong is refused as a whole.
struct EncodingEvidence {
    /// So many invalid records, without a single valid special character, are a pattern.
    static let patternThreshold = 20

    private let declared: TextEncoding
    private let page: SingleBytePage?
    private var invalidRecords = 0
    private var validRecords = 0
    private var looksLikeUTF8 = 0
    private var isNotUTF8 = false

    init(declared: TextEncoding) {
        self.declared = declared
        page = declared.page
    }

    /// The offset of the first byte that is not of the declared encoding. Called for rows with bytes above 0x7F.
    mutating func check(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let page else {
            let fault = UTF8Check.firstFault(bytes)
            if fault == nil { validRecords += 1 } else { invalidRecords += 1 }
            return fault
        }
        if !isNotUTF8 {
            if UTF8Check.firstFault(bytes) == nil { looksLikeUTF8 += 1 } else { isNotUTF8 = true }
        }
        return page.isComplete ? nil : bytes.firstIndex { !page.isDefined($0) }
    }

    /// What the file is instead; `nil` where nothing speaks against the declaration.
    var contradiction: String? {
        if page != nil {
            guard looksLikeUTF8 > 0, !isNotUTF8 else { return nil }
            return "utf-8: all \(looksLikeUTF8) records with special characters are valid UTF-8"
        }
        guard declared == .utf8, invalidRecords >= Self.patternThreshold, validRecords == 0 else { return nil }
        return
            "a single-byte page such as windows-1252: none of \(invalidRecords) records with special characters is valid"
    }
}
