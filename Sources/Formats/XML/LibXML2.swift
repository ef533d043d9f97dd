import CLibXML2
import Synchronization

/// One document being pushed through libxml2, with everything switched off that could reach outside it (reliability 1.6):
/// no file is opened by name, no entity loaded, no DTD read, no network asked.
///
/// The only file that sees the C library, together with `XMLSchemaCheck`. Not for several threads at once. `events` must outlive it.
final class LibXML2 {
    private let context: xmlParserCtxtPtr
    private var isStopped = false
    /// The last bytes that were pushed: they tell an end in the middle of a reference from a lone `&`.
    private var tail: [UInt8] = []

    /// Throws nothing: `nil` where there is no memory.
    init?(events: XMLEvents) {
        _ = Self.isReady
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { user, name, prefix, namespace, namespaceCount, namespaces, attributeCount, _, attributes in
            guard let user, let name else { return }
            let element = XMLStart(
                name: name, prefix: prefix, namespace: namespace, namespaceCount: namespaceCount, namespaces: namespaces,
                attributeCount: attributeCount, attributes: attributes)
            LibXML2.tell(user) { $0.start(element) }
        }
        handler.endElementNs = { user, _, _, _ in
            guard let user else { return }
            LibXML2.tell(user) { $0.end() }
        }
        let text: charactersSAXFunc = { user, bytes, count in
            guard let user, count > 0 else { return }
            LibXML2.tell(user) { $0.text(.init(start: bytes, count: Int(count))) }
        }
        handler.characters = text
        // The same function for all three, or the parser would look for what it calls ignorable.
        handler.ignorableWhitespace = text
        handler.cdataBlock = text
        handler.internalSubset = { user, _, _, systemName in
            guard let user else { return }
            LibXML2.tell(user) { $0.doctype(systemName: systemName.map { String(cString: $0) }) }
        }
        // Errors are looked up in the context; without this function they would be printed.
        handler.serror = { _, _ in }
        guard let context = xmlCreatePushParserCtxt(&handler, Unmanaged.passUnretained(events).toOpaque(), nil, 0, nil) else {
            return nil
        }
        self.context = context
        // The text comes in UTF-8 whatever the declaration says: it was converted on the way.
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
    }

    deinit { xmlFreeParserCtxt(context) }

    @inline(__always)
    private static func tell(_ user: UnsafeMutableRawPointer, _ body: (XMLEvents) -> Void) {
        Unmanaged<XMLEvents>.fromOpaque(user)._withUnsafeGuaranteedRef(body)
    }

    /// Pushes more bytes, fewer than 2 GiB. Answers why the document is not well-formed, if it is not.
    func push(_ bytes: UnsafeBufferPointer<UInt8>) -> XMLFault? {
        tail = Array((tail + bytes.suffix(Self.tailLength)).suffix(Self.tailLength))
        return bytes.withMemoryRebound(to: CChar.self) { parse($0.baseAddress, Int32($0.count), isLast: 0) { Self.kind($0) } }
    }

    /// There are no more bytes. What is missing now was cut off, and half a tag is no event.
    func finish() -> XMLFault? {
        context.pointee.sax?.pointee.startElementNs = nil
        context.pointee.sax?.pointee.endElementNs = nil
        context.pointee.sax?.pointee.characters = nil
        context.pointee.sax?.pointee.cdataBlock = nil
        context.pointee.sax?.pointee.ignorableWhitespace = nil
        let endsInside = endsInsideMarkup
        // Where the outermost element is closed at the end, nothing was cut off: something before it has swallowed the rest.
        let isWhole = endsWithRoot
        return parse(nil, 0, isLast: 1) { code in
            let kind = Self.kind(code)
            if isWhole { return kind == .cut || kind == .extraContent ? .other : kind }
            return switch kind {
            case .memory: .memory
            case .declaration: .declaration
            case .reference: endsInside ? .cut : .reference
            case .extraContent, .cut, .encoding, .entity, .tags, .attribute, .empty, .character, .limit, .other: .cut
            }
        }
    }

    private static let tailLength = 64

    /// Whether the text ends behind an `&` or `<` whose name is not at its end.
    private var endsInsideMarkup: Bool {
        guard let start = tail.lastIndex(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "<") }) else { return false }
        return tail[(start + 1)...].allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ">") }
    }

    /// Whether the text ends with the closing tag of the outermost element, whatever the parser makes of what is between.
    private var endsWithRoot: Bool {
        guard context.pointee.nameNr > 0, let root = context.pointee.nameTab?.pointee else { return false }
        guard let end = tail.lastIndex(where: { $0 > 0x20 }), tail[end] == UInt8(ascii: ">"),
            let start = tail[..<end].lastIndex(of: UInt8(ascii: "<"))
        else { return false }
        let tag = tail[(start + 1)..<end]
        let name = tag.dropFirst().drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
        let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        return tag.first == UInt8(ascii: "/") && local.elementsEqual(UnsafeBufferPointer(start: root, count: Int(xmlStrlen(root))))
    }

    private func parse(
        _ bytes: UnsafePointer<CChar>?, _ count: Int32, isLast: Int32, _ kind: (xmlParserErrors) -> XMLFault.Kind
    ) -> XMLFault? {
        if isStopped { return nil }
        xmlParseChunk(context, bytes, count, isLast)
        if isStopped || context.pointee.wellFormed == 1 { return nil }
        let error = xmlCtxtGetLastError(context)?.pointee
        let code = error.map { xmlParserErrors(rawValue: UInt32($0.code)) } ?? XML_ERR_INTERNAL_ERROR
        // A reference without a number is told as the character 0 that it would be.
        let isReference = code == XML_ERR_INVALID_CHAR && error?.message.map { String(cString: $0).contains("CharRef") } == true
        return XMLFault(kind: kind(isReference ? XML_ERR_INVALID_CHARREF : code), line: Int(error?.line ?? 0), column: Int(error?.int2 ?? 0))
    }

    /// No further event comes. For use inside events.
    func stop() {
        isStopped = true
        xmlStopParser(context)
    }

    /// Inside `doctype`: goes on if the type declares nothing itself. Every entity stays undeclared then, which is an error
    /// wherever one is used. Answers whether it could be accepted.
    func acceptDoctype() -> Bool {
        guard context.pointee.input?.pointee.cur?.pointee == UInt8(ascii: ">") else { return false }
        context.pointee.hasExternalSubset = 0
        context.pointee.standalone = 1
        return true
    }

    /// Bytes of the document in front of the parser's place. Only inside events, and before `stop`.
    var position: Int {
        guard let input = context.pointee.input else { return 0 }
        return Int(input.pointee.consumed) + (input.pointee.cur - input.pointee.base)
    }

    /// Line feeds before the parser's place, and one.
    var line: Int { Int(context.pointee.input?.pointee.line ?? 0) }
    var column: Int { Int(context.pointee.input?.pointee.col ?? 0) }

    private static func kind(_ code: xmlParserErrors) -> XMLFault.Kind {
        switch code {
        case XML_ERR_INVALID_ENCODING, XML_ERR_UNKNOWN_ENCODING, XML_ERR_UNSUPPORTED_ENCODING: .encoding
        case XML_ERR_INVALID_CHAR: .character
        case XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY, XML_ERR_UNPARSED_ENTITY: .entity
        case XML_ERR_ENTITYREF_SEMICOL_MISSING, XML_ERR_ENTITYREF_NO_NAME, XML_ERR_NAME_REQUIRED, XML_ERR_INVALID_CHARREF,
            XML_ERR_INVALID_DEC_CHARREF, XML_ERR_INVALID_HEX_CHARREF:
            .reference
        case XML_ERR_RESERVED_XML_NAME: .declaration
        case XML_ERR_NO_MEMORY: .memory
        case XML_ERR_TAG_NAME_MISMATCH, XML_ERR_TAG_NOT_FINISHED, XML_ERR_GT_REQUIRED, XML_ERR_LTSLASH_REQUIRED: .tags
        case XML_ERR_ATTRIBUTE_REDEFINED, XML_ERR_ATTRIBUTE_WITHOUT_VALUE, XML_ERR_ATTRIBUTE_NOT_STARTED,
            XML_ERR_ATTRIBUTE_NOT_FINISHED, XML_ERR_LT_IN_ATTRIBUTE, XML_ERR_SPACE_REQUIRED:
            .attribute
        case XML_ERR_DOCUMENT_EMPTY, XML_ERR_DOCUMENT_START: .empty
        case XML_ERR_DOCUMENT_END: .extraContent
        case XML_ERR_NAME_TOO_LONG: .limit
        default: .other
        }
    }

    // MARK: The library as a whole

    /// Folders whose schemas may include one another; nothing else is ever opened by the library.
    static let schemaFolders = Mutex<Set<String>>([])

    /// Done once: the library is initialised and its way to the outside is shut.
    static let isReady: Bool = {
        xmlInitParser()
        // Built on first use otherwise, by two threads at once.
        xmlSchemaInitTypes()
        xmlSetExternalEntityLoader { address, _, context in
            guard let address, let context else { return nil }
            let path = String(cString: address)
            let isOurs = LibXML2.schemaFolders.withLock { folders in folders.contains { path.hasPrefix($0 + "/") } }
            guard isOurs, !path.contains("/../") else { return nil }
            return xmlNewInputFromFile(context, address)
        }
        // Messages go to people through diagnostics, never to standard error.
        xmlSetGenericErrorFunc(nil, nil)
        xmlSetStructuredErrorFunc(nil) { _, _ in }
        return true
    }()
}
