import Domain

/// Why one record of an XML file cannot be taken as a whole, before its values are looked at.
enum XMLRecordFault: Hashable {
    case mixed(String)
    case schema(String)

    /// `place` is the line and column in words.
    func reason(_ place: String) -> RejectReason {
        switch self {
        case .mixed(let path):
            RejectReason(
                "XML-MIXED", "\(path) holds other elements where a value is expected, \(place)",
                fix: "ask the sender what changed, or correct the path in document.json")
        case .schema(let words):
            RejectReason("XML-SCHEMA", "\(words), \(place)", fix: "correct the record; the schema lies in Schemas/xsd")
        }
    }
}

/// Why a whole XML file is refused while it is read.
enum XMLRefusal: Hashable {
    case doctype
    case depth(Int), attributes(Int), text(Int), record(Int), name(Int), names(Int), rows(Int), file(Int)
    case severalDocuments(String)
    case namespace(String)
    case mixed(String)
    case schema(String)

    func diagnostic(at location: Diagnostic.Location, path: String) -> Diagnostic {
        let (code, summary, fix) = words
        return Diagnostic(code, "\(summary) (in \(path))", at: location, fix: fix)
    }

    private var words: (code: String, summary: String, fix: String) {
        let raise = "if this is right, ask for it to be split; nothing of the file is applied"
        switch self {
        case .doctype:
            return (
                "XML-DOCTYPE", "the file brings a document type, which no data file needs and which can do harm",
                "ask the sender to leave out <!DOCTYPE>; nothing of the file is applied"
            )
        case .depth(let limit): return ("XML-DEPTH", "elements are nested deeper than \(limit)", raise)
        case .attributes(let limit): return ("XML-ATTRIBUTES", "an element has more than \(limit) attributes", raise)
        case .text(let limit): return ("XML-TEXT-LENGTH", "a value is longer than \(limit) bytes", raise)
        case .record(let limit): return ("XML-RECORD-LENGTH", "a record is longer than \(limit) bytes", raise)
        case .name(let limit): return ("XML-NAME-LENGTH", "a name is longer than \(limit) bytes", raise)
        case .names(let limit): return ("XML-NAMES", "the file has more than \(limit) different names", raise)
        case .rows(let limit): return ("XML-ROWS", "a record has more than \(limit) rows", raise)
        case .file(let limit): return ("XML-FILE-LENGTH", "the file is longer than \(limit) bytes", raise)
        case .severalDocuments(let name):
            return (
                "XML-DOCUMENTS", "there is more than one document <\(Escaped(name))>",
                "set \"documents\": \"many\" in document.json if the sender means it"
            )
        case .namespace(let found):
            return (
                "XML-NAMESPACE",
                found.isEmpty
                    ? "the document has no namespace, and the profile demands one"
                    : "the document has the namespace '\(Escaped(found))', which the profile does not know",
                "check that the right file lands in this folder, or add it to 'namespaces' in document.json"
            )
        case .mixed(let path):
            return (
                "XML-MIXED", "\(path) holds other elements where a value is expected",
                "ask the sender what changed, or correct the path in document.json"
            )
        case .schema(let words):
            return ("XML-SCHEMA", words, "ask the sender what changed; the schema lies in Schemas/xsd")
        }
    }
}
