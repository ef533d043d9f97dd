/// What happens in an XML document, as the parser sees it. Subclasses override what they need. Pointers are valid during
/// the call only, except those of element and attribute names: equal names of one parser have equal pointers.
class XMLEvents {
    func start(_ element: XMLStart) {}
    func end() {}
    /// Part of an element's text; there may be several parts.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func doctype() {}
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

    @inline(__always)
    func attributeValue(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        guard let start = attributes?[index * 5 + 3], let end = attributes?[index * 5 + 4] else { return .init(start: nil, count: 0) }
        return .init(start: start, count: end - start)
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
        case character
        case limit
        case other
    }

    var kind: Kind
    /// Counted from 1, in the document.
    var line: Int
    var column: Int
}
