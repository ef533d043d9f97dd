package import Domain
package import Endpoints

extension Pull {
    package static let options: [OptionSpec] = [
        OptionSpec("endpoint", .text, "The endpoint the files are at.", required: .required, example: "erp"),
        OptionSpec("folder", .text, "The folder there.", required: .required, example: "out/stock"),
        OptionSpec(
            "files", .list(.text), "Which names are taken, with * and ?. Temporary names are never taken.",
            required: .required, example: "\"STOCK_*.csv\""
        ),
        OptionSpec(
            "settle", .duration,
            "Take a file once its size and time have not changed for this long. Not needed with `done`; 0s where the sender renames.",
            default: "30s"
        ),
        OptionSpec(
            "done", .text,
            "The file the sender writes last to say that another is finished. A SHA-256 in it is checked, and a count if the profile says where it is.",
            example: "\"${name}.done\""
        ),
        OptionSpec(
            "manifest", .object(ManifestRule.options),
            "Manifests, each of which names the files of a set. Nothing of a set is taken before all of it is there and is what the manifest says; a file that no manifest names waits.",
            example: "{files: \"*.ctl\", line: \"{name},{count}\"}"
        ),
        OptionSpec(
            "max_file_size", .integer(1...8_388_608),
            "The largest file that is taken, in MiB. A larger one is reported and waits in the folder; the others are taken.",
            default: "4096"
        ),
        OptionSpec(
            "then",
            .either([
                .choice(["leave", "delete"]),
                .object([
                    OptionSpec("move", .text, "Into this folder of the same endpoint.", required: .required, example: "out/archive"),
                    OptionSpec(
                        "name", .choice(AfterReading.ArchiveNaming.allCases.map(\.rawValue)),
                        "Keep the name, or stamp it with time and hash where the sender uses one name every day.", default: "keep"
                    ),
                ]),
            ]),
            "What happens to the remote file once its content and outcomes are safe here.", default: "leave",
            example: "{move: out/archive}"
        ),
    ]

    package init(_ node: SettingNode, endpoint: any Endpoint) throws {
        let doneFile = try node["done"].map { given in
            guard let name = given.scalar.flatMap({ DoneFileName($0) }) else {
                throw given.invalid("is not the name of a done file", fix: "write it like ${name}.done or ${stem}.ok")
            }
            return name
        }
        let wait = try node.duration("settle") ?? .seconds(30)
        let settle: SettlePolicy =
            if let doneFile { .announced(by: doneFile) } else if wait == .zero { .atOnce } else { .unchanged(for: wait) }
        var selection = FileSelection(patterns: node.texts("files").map { GlobPattern($0) }, doneFile: doneFile)
        selection.manifest = try node["manifest"].map { try ManifestRule($0) }
        self.init(
            endpoint: endpoint, folder: try node.requiredText("folder"), selection: selection,
            settle: settle, after: try Self.after(node["then"]),
            maximumSize: node.text("max_file_size").flatMap { Int64($0) }.map { $0 << 20 } ?? Spool.standardCap
        )
    }

    private static func after(_ node: SettingNode?) throws -> AfterReading {
        guard let node else { return .leave }
        if let folder = node.text("move") { return .move(folder: folder, naming: try node.choice("name", default: .keep)) }
        switch node.scalar {
        case "leave": return .leave
        case "delete": return .delete
        case let other: throw node.invalid("is not leave, delete or {move: FOLDER}", fix: "you wrote \(other ?? "something else")")
        }
    }
}
