import Glibc

/// Counts the attributes of each start tag before the parser gets to see it: libxml2 compares each attribute of an element with all
/// others, so that a cap which is looked at afterwards comes too late (reliability 1.6).
struct AttributeWatch {
    private enum Place {
        case text, opened
        case startTag
        case quoted(UInt8)
        /// An end tag or a declaration.
        case tag
        /// Until these bytes have come.
        case until(StaticString, found: Int)
        /// `<!` and what follows of `--` or `[CDATA[`.
        case declaration([UInt8])
    }

    private let limit: Int
    private var place = Place.text
    private var count = 0

    /// - Parameter limit: of attributes and namespaces together.
    init(limit: Int) { self.limit = limit }

    /// Whether `bytes` may be pushed: `false` where a tag in them has too many attributes.
    mutating func admit(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch place {
            case .text:
                guard let next = Self.place(of: UInt8(ascii: "<"), in: bytes, from: index) else { return true }
                index = next
                place = .opened
            case .opened: open(byte)
            case .startTag:
                guard let next = endOfNames(bytes, from: index) else { return count <= limit }
                if count > limit { return false }
                index = next
                place = bytes[next] == UInt8(ascii: ">") ? .text : .quoted(bytes[next])
            case .quoted(let mark):
                guard let next = Self.place(of: mark, in: bytes, from: index) else { return true }
                index = next
                place = .startTag
            case .tag: if byte == UInt8(ascii: ">") { place = .text }
            case .declaration(let start): declare(start + [byte])
            case .until(let end, let found): close(end, found, byte)
            }
            index += 1
        }
        return true
    }

    /// The next quote or the tag's end, with all attributes up to it counted.
    private mutating func endOfNames(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var found = 0
        defer { count += found }
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ">"): return index
            case UInt8(ascii: "="): found += 1
            default: break
            }
        }
        return nil
    }

    private static func place(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    private mutating func open(_ byte: UInt8) {
        count = 0
        switch byte {
        case UInt8(ascii: "!"): place = .declaration([])
        case UInt8(ascii: "?"): place = .until("?>", found: 0)
        case UInt8(ascii: "/"): place = .tag
        default: place = .startTag
        }
    }

    private mutating func declare(_ start: [UInt8]) {
        if start.elementsEqual("--".utf8) {
            place = .until("-->", found: 0)
        } else if start.elementsEqual("[CDATA[".utf8) {
            place = .until("]]>", found: 0)
        } else if "--".utf8.starts(with: start) || "[CDATA[".utf8.starts(with: start) {
            place = .declaration(start)
        } else {
            place = start.last == UInt8(ascii: ">") ? .text : .tag
        }
    }

    /// `]]]>` ends as `]]>` does.
    private mutating func close(_ end: StaticString, _ found: Int, _ byte: UInt8) {
        let bytes = UnsafeBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount)
        if byte == bytes[found] {
            place = found + 1 == bytes.count ? .text : .until(end, found: found + 1)
        } else if byte == bytes[0] {
            place = .until(end, found: found == bytes.count - 1 && bytes.count == 3 ? found : 1)
        } else {
            place = .until(end, found: 0)
        }
    }
}
