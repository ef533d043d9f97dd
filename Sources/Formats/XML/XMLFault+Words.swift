import Domain

extension XMLFault {
    var words: String {
        switch kind {
        case .cut: "it ends before its last element is closed"
        case .encoding: "a byte is not of the declared encoding"
        case .entity: "it uses an entity that is not declared"
        case .reference: "an & or a < stands alone or names no character; in a text they are written &amp; and &lt;"
        case .declaration: "something stands before the XML declaration, such as a blank line; it must be the very first"
        case .memory: "there is not enough memory for it"
        case .tags: "a tag is not closed, or closed by another"
        case .attribute: "an attribute is not written as it must be"
        case .empty: "there is no element"
        case .extraContent: "something stands behind the end of the document"
        case .character: "it holds a character that XML does not allow, or a byte that is not of its encoding"
        case .limit: "something in it is longer than is allowed"
        case .other: "the markup is broken"
        }
    }

    /// The file cannot be trusted any further.
    func diagnostic(at location: Diagnostic.Location, path: String) -> Diagnostic {
        switch kind {
        case .cut:
            Diagnostic(
                "XML-CUT", "the file \(words.dropFirst(3)) (in \(path))", at: location,
                fix: "it was probably cut off: wait for the whole file, or ask the sender to send it again", kind: .transient)
        case .memory:
            Diagnostic("MEMORY", words, at: location, fix: "try again when the machine has more memory", kind: .transient)
        case .encoding, .entity, .reference, .declaration, .tags, .attribute, .empty, .extraContent, .character, .limit, .other:
            Diagnostic(
                "XML-SYNTAX", "the file is not well-formed XML: \(words) (in \(path))", at: location,
                fix: "ask the sender to correct the export; nothing of the file is applied")
        }
    }
}
