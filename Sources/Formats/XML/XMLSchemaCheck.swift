import CLibXML2
import Domain
import Foundation
import Synchronization

/// A schema of ours holding a document's elements against itself while they stream by.
///
/// Elements are handed in one by one, so that the caller decides where the document begins and which namespace an element
/// is taken to have: a file without namespaces is checked like one with them.
final class XMLSchemaCheck {
    /// What is wrong with an element, in the words of our house.
    enum Fault: Hashable {
        case unexpectedElement, missingElement, notAllowedHere, wrongValue, outOfRange, tooLong, pattern, choice
        case unexpectedAttribute, missingAttribute, unknownRoot, other
        /// The check itself gave up; nothing may be handed to it any more.
        case failed
    }

    private let schema: xmlSchemaPtr
    private let validator: xmlSchemaValidCtxtPtr
    private var plug: xmlSchemaSAXPlugPtr?
    /// The library writes to both when the check is plugged in and pulled out, so they need a fixed place.
    private let handler: UnsafeMutablePointer<UnsafeMutablePointer<xmlSAXHandler>?>
    private let user: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// What was found since it was last asked; the first of an element counts.
    private var fault: Fault?
    /// The same in a place that is quick to look at.
    private let flag: UnsafeMutablePointer<Bool>
    private let namespaces: SchemaNamespaces
    /// Whether what the schema does not know is a fault. Systems add fields with every release.
    private let isClosed: Bool

    /// Throws `PROFILE-FILE` and `PROFILE-SCHEMA`.
    init(path givenPath: String, folder givenFolder: String, isClosed: Bool) throws {
        _ = LibXML2.isReady
        self.isClosed = isClosed
        // The library asks for included schemas by the shortest form of their paths.
        let path = URL(filePath: givenPath).standardizedFileURL.path(percentEncoded: false)
        let folder = URL(filePath: givenFolder).standardizedFileURL.path(percentEncoded: false)
        namespaces = try SchemaNamespaces(path: path)
        LibXML2.schemaFolders.withLock { _ = $0.insert(folder) }
        let broken = Diagnostic(
            "PROFILE-SCHEMA", "the schema cannot be used", at: .init(file: path), fix: "check it with xmllint --schema")
        guard let parser = xmlSchemaNewParserCtxt(path) else { throw broken }
        xmlSchemaSetParserStructuredErrors(parser, { _, _ in }, nil)
        let parsed = xmlSchemaParse(parser)
        xmlSchemaFreeParserCtxt(parser)
        guard let parsed, let validator = xmlSchemaNewValidCtxt(parsed) else { throw broken }
        schema = parsed
        self.validator = validator
        handler = .allocate(capacity: 1)
        handler.initialize(to: nil)
        user = .allocate(capacity: 1)
        user.initialize(to: nil)
        flag = .allocate(capacity: 1)
        flag.initialize(to: false)
        xmlSchemaSetValidStructuredErrors(
            validator,
            { user, error in
                guard let user, let error else { return }
                Unmanaged<XMLSchemaCheck>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.note(error.pointee) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        endDocument()
        xmlSchemaFreeValidCtxt(validator)
        xmlSchemaFree(schema)
        handler.deallocate()
        user.deallocate()
        flag.deallocate()
    }

    func startDocument() {
        endDocument()
        _ = takeFault()
        plug = xmlSchemaSAXPlug(validator, handler, user)
    }

    func endDocument() {
        if let plug { xmlSchemaSAXUnplug(plug) }
        plug = nil
        handler.pointee = nil
        user.pointee = nil
    }

    /// `namespace` is what the element is taken to have.
    @inline(__always)
    func start(_ element: XMLStart, namespace: UnsafePointer<UInt8>?) {
        handler.pointee?.pointee.startElementNs?(
            user.pointee, element.name, element.prefix, namespace, element.namespaceCount, element.namespaces, element.attributeCount, 0,
            element.attributes)
    }

    @inline(__always)
    func end(_ name: UnsafePointer<UInt8>, namespace: UnsafePointer<UInt8>?) {
        handler.pointee?.pointee.endElementNs?(user.pointee, name, nil, namespace)
    }

    @inline(__always)
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        handler.pointee?.pointee.characters?(user.pointee, bytes.baseAddress, Int32(bytes.count))
    }

    /// The namespace that the schema gives to an element of this name; `found` where it knows that one itself.
    func namespace(of name: UnsafePointer<UInt8>, found: UnsafePointer<UInt8>?) -> UnsafePointer<UInt8>? {
        namespaces.namespace(of: String(cString: name), found: found)
    }

    /// Whether the schema has anything to say of an element of this name.
    func knows(_ name: UnsafePointer<UInt8>) -> Bool { isClosed || namespaces.knows(String(cString: name)) }

    @inline(__always)
    var hasFault: Bool { flag.pointee }

    func takeFault() -> Fault? {
        defer {
            fault = nil
            flag.pointee = false
        }
        return fault
    }

    private static let unknownAttributes = Set(
        [XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, XML_SCHEMAV_CVC_TYPE_3_1_1].map { Int($0.rawValue) })

    private func note(_ error: xmlError) {
        if !isClosed, Self.unknownAttributes.contains(Int(error.code)) { return }
        flag.pointee = true
        if error.code == Int32(XML_SCHEMAV_INTERNAL.rawValue) { fault = .failed }
        guard fault == nil else { return }
        switch xmlParserErrors(rawValue: UInt32(error.code)) {
        case XML_SCHEMAV_ELEMENT_CONTENT: fault = .unexpectedElement
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_2_4: fault = .missingElement
        case XML_SCHEMAV_CVC_ELT_1: fault = .unknownRoot
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3,
            XML_SCHEMAV_CVC_TYPE_3_1_2:
            fault = .notAllowedHere
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, XML_SCHEMAV_CVC_TYPE_3_1_1:
            fault = .unexpectedAttribute
        case XML_SCHEMAV_CVC_COMPLEX_TYPE_4: fault = .missingAttribute
        case XML_SCHEMAV_CVC_MININCLUSIVE_VALID, XML_SCHEMAV_CVC_MAXINCLUSIVE_VALID, XML_SCHEMAV_CVC_MINEXCLUSIVE_VALID,
            XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID, XML_SCHEMAV_CVC_TOTALDIGITS_VALID, XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID:
            fault = .outOfRange
        case XML_SCHEMAV_CVC_LENGTH_VALID, XML_SCHEMAV_CVC_MINLENGTH_VALID, XML_SCHEMAV_CVC_MAXLENGTH_VALID: fault = .tooLong
        case XML_SCHEMAV_CVC_PATTERN_VALID: fault = .pattern
        case XML_SCHEMAV_CVC_ENUMERATION_VALID: fault = .choice
        case XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_2, XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3:
            fault = .wrongValue
        default: fault = .other
        }
    }
}

extension XMLSchemaCheck.Fault {
    /// What is wrong with `element`, for people.
    func words(_ element: String) -> String {
        switch self {
        case .unexpectedElement, .missingElement:
            "\(element) does not stand where the schema allows it, or an element that it demands is missing"
        case .notAllowedHere: "\(element) holds text or elements that the schema does not allow"
        case .wrongValue: "\(element) has a value that is not of its type"
        case .outOfRange: "\(element) has a value that is too small, too large or too precise"
        case .tooLong: "\(element) has a value of a length that is not allowed"
        case .pattern: "\(element) has a value that is not of the demanded form"
        case .choice: "\(element) has a value that is none of the allowed ones"
        case .unexpectedAttribute: "\(element) has an attribute that the schema does not know"
        case .missingAttribute: "\(element) lacks an attribute that the schema demands"
        case .unknownRoot: "\(element) is no document that the schema knows"
        case .failed: "\(element) cannot be checked against the schema"
        case .other: "\(element) is not as the schema demands"
        }
    }
}
