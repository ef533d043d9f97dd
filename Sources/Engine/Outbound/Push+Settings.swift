package import Domain
package import Endpoints
import Formats

extension Push {
    package static let options: [OptionSpec] = [
        OptionSpec("endpoint", .text, "The endpoint the files go to.", required: .required, example: "erp"),
        OptionSpec("folder", .text, "The folder there that the ERP watches.", required: .required, example: "in/orders"),
        OptionSpec(
            "name", .text,
            "The files' names, with {batch} or {sequence} in them, and {date}, {time}, {document} as you like. A name is never used twice.",
            required: .required, example: "\"ORD_{batch}.csv\""
        ),
        OptionSpec(
            "work", .text,
            "The folder where a file grows under a temporary name (NAME.NUMBER.part) before it is renamed; on the same disk. The folder itself unless given.",
            example: "in/work"
        ),
        OptionSpec(
            "done", .text, "A file written after another to say that it is complete; it holds that file's SHA-256 and name.",
            example: "\"{name}.done\""
        ),
        OptionSpec(
            "rename", .choice(Self.renameWords),
            "How a file gets its final name. none is for servers that cannot rename: it is written under its final name, and the done file, which is then needed, is the only sign that it is complete.",
            default: Self.renameWords[0]
        ),
        OptionSpec("batch", .integer(1...10_000), "Documents in one file at most.", default: "100"),
        OptionSpec(
            "acknowledge",
            .object([
                OptionSpec(
                    "file", .text,
                    "The file by which the ERP answers: empty for all, or lines of order number, ERP number, and, if refused, REJECTED and the reason. Other separators, orders of columns and usual words are understood, too.",
                    example: "\"in/acks/{name}.ack\""
                ),
                OptionSpec(
                    "accepted", .list(.text), "Further words in an answer by which the ERP says that it has taken an order.", example: "[GEBUCHT]"),
                OptionSpec("refused", .list(.text), "Further words in an answer by which the ERP refuses an order.", example: "[KLÄRFALL]"),
                OptionSpec("echo", .text, "Where the ERP puts a file that it has taken, unchanged.", example: "\"in/taken/{name}\""),
                OptionSpec("gone", .boolean, "Whether a file that is gone from the folder has been taken.", default: "false"),
                OptionSpec(
                    "within", .duration, "After this time without an answer it is told as overdue. Nothing is ever sent again by itself.",
                    default: "30m"
                ),
            ]),
            "How the ERP says that it has taken a file. Give one of file, echo and gone.",
            example: "{file: \"in/acks/{name}.ack\", within: 30m}"
        ),
        OptionSpec(
            "late", .object(OutboundWatch.options), "When an order that has not left is an alarm.", example: "{within: 30m, during: trading-hours}"),
    ]

    private static let renameWords = ["temporary", "none"]

    package init(_ node: SettingNode, endpoint: any Endpoint) throws {
        let folder = try node.requiredText("folder")
        let name = try Self.name(node, "name")
        guard let name, name.isUnique, !name.isDerived else {
            throw (node["name"] ?? node).invalid(
                "has no {batch} or {sequence}, so that a name could come twice", fix: "write it like ORD_{batch}.csv")
        }
        let done = try Self.name(node, "done")
        guard done?.isDerived ?? true else {
            throw (node["done"] ?? node).invalid("does not say which file it is about", fix: "write it like {name}.done")
        }
        let renames = node.text("rename") != Self.renameWords[1]
        if !renames, done == nil {
            throw (node["rename"] ?? node).invalid(
                "leaves the ERP without a sign that a file is complete", fix: "add done: \"{name}.done\", and have the ERP wait for it")
        }
        if !renames, let work = node["work"] {
            throw work.invalid("names a folder for temporary names, and rename: none has none", fix: "remove work, or remove rename")
        }
        self.init(
            endpoint: endpoint, folder: folder, name: name, workFolder: node.text("work"), done: done, renames: renames,
            batch: node.text("batch").flatMap { Int($0) } ?? 100,
            acknowledgement: try node["acknowledge"].map { try Self.acknowledgement($0) }
        )
    }

    private static func name(_ node: SettingNode, _ key: String) throws -> ConsignmentName? {
        guard let given = node[key] else { return nil }
        guard let name = given.scalar.flatMap({ ConsignmentName($0) }) else {
            let places = ConsignmentName.Place.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
            throw given.invalid("is not a file name", fix: "no folders in it; known places: \(places)")
        }
        return name
    }

    private static func acknowledgement(_ node: SettingNode) throws -> Acknowledgement {
        let within = try node.duration("within") ?? .seconds(1800)
        let isGone = node.text("gone") == "true"
        guard [node["file"] != nil, node["echo"] != nil, isGone].count(where: { $0 }) == 1 else {
            throw node.invalid("needs one way of answering", fix: "give one of file, echo and gone")
        }
        if isGone { return Acknowledgement(proof: .gone, within: within) }
        let key = node["file"] != nil ? "file" : "echo"
        let text = try node.requiredText(key)
        let slash = text.lastIndex(of: "/")
        let folder = slash.map { String(text[..<$0]) } ?? ""
        guard let name = ConsignmentName(slash.map { String(text[text.index(after: $0)...]) } ?? text), name.isDerived else {
            throw (node[key] ?? node).invalid("does not say which file it answers", fix: "write it like in/acks/{name}.ack")
        }
        return Acknowledgement(
            proof: key == "file" ? .file(folder: folder, name: name) : .echo(folder: folder, name: name), within: within,
            words: AnswerWords(accepted: node.texts("accepted"), refused: node.texts("refused")))
    }
}
