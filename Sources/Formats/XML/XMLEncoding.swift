import Domain

/// The characters of one XML file, and the way back from a place in its text to a place in its bytes.
enum XMLEncoding {
    case utf8
    case utf16(TextEncoding)
    case page(SingleBytePage, name: String)

    init?(named name: String) {
        switch TextEncoding(named: name) {
        case .utf8: self = .utf8
        case .utf16LittleEndian: self = .utf16(.utf16LittleEndian)
        case .utf16BigEndian: self = .utf16(.utf16BigEndian)
        case .windows1252, .latin1, .latin9, .codePage850:
            guard let encoding = TextEncoding(named: name), let page = encoding.page else { return nil }
            self = .page(page, name: encoding.rawValue)
        case nil:
            guard let page = NamedPage.page(named: name) else { return nil }
            self = .page(page, name: name.lowercased())
        }
    }

    var name: String {
        switch self {
        case .utf8: TextEncoding.utf8.rawValue
        case .utf16(let encoding): encoding.rawValue
        case .page(_, let name): name
        }
    }

    func source(_ source: any ByteSource, file: String) -> any ByteSource {
        switch self {
        case .utf8: source
        case .utf16(let encoding): UTF16Source(source, encoding: encoding, file: file)
        case .page(let page, _): SingleByteSource(source, page: page)
        }
    }

    /// How many bytes of the file stand behind `text`.
    func fileLength(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        switch self {
        case .utf8: text.count
        case .utf16: UTF16Form.fileLength(text)
        case .page: text.count { $0 & 0xC0 != 0x80 }
        }
    }

    /// The bytes of the file that `text` was made of.
    func original(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        switch self {
        case .utf8: Array(text)
        case .utf16(let encoding): UTF16Form.original(text, encoding: encoding)
        case .page(let page, _): SingleByteSource.original(text, page: page)
        }
    }
}
