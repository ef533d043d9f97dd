/// What happens in an XML document, as the parser sees it. Subclasses override what they need. Pointers are valid during
/// the call only, except those of element and attribute names: equal names of one parser have equal pointers.
class XMLEvents {
    func start(_ element: XMLStart) {}
    func end() {}
    /// Part of an element's text; there may be several parts.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    /// A document type. `systemName` is the file that it names, which nobody ever opens. The parser is to be stopped, or the
    /// type accepted (`LibXML2.acceptDoctype`).
    func doctype(systemName: String?) {}
}

/// The beginning of an element.
struct XMLStart {
    var name: UnsafePointer<UInt8>
    var prefix: UnsafePointer<UInt8>?
    var namespace: UnsafePointer<UInt8>?
    var namespaceCount: Int32
    /// Pairs of prefix and address.
    var namespaces: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    var attributeCount: Int32
    /// Five pointers each: local name, prefix, namespace, start and end of the value.
    var attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

    @inline(__always)
    func attributeName(_ index: Int) -> UnsafePointer<UInt8>? { attributes?[index * 5] }

    /// Calls `body` with the value.
    ///
    /// The parser hands every `&` of an attribute over as `&#38;`, unlike those of texts; here it is one character again.
    @inline(__always)
    func withAttributeValue<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard let start = attributes?[index * 5 + 3], let end = attributes?[index * 5 + 4] else {
            return body(.init(start: nil, count: 0))
        }
        let raw = UnsafeBufferPointer(start: start, count: end - start)
        guard raw.contains(UInt8(ascii: "&")) else { return body(raw) }
        return Self.unescaped(raw).withUnsafeBufferPointer(body)
    }

    private static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let escaped = Array("&#38;".utf8)
        var value: [UInt8] = []
        var position = 0
        while position < raw.count {
            value.append(raw[position])
            position += raw[position...].starts(with: escaped) ? escaped.count : 1
        }
        return value
    }
}

/// Where and why a document is not well-formed.
struct XMLFault: Hashable {
    enum Kind: Hashable {
        /// The file ends before the document does.
        case cut
        case encoding
        /// An entity that no document of ours can declare.
        case entity
        case memory
        case tags
        case attribute
        case empty
        case extraContent
        /// An `&` or `<` that begins nothing.
        case reference
        /// The XML declaration is not at the very beginning.
        case declaration
        case character
        case limit
        case other
    }

    var kind: Kind
    /// Counted from 1, in the document.
    var line: Int
    var column: Int
}
