package import Domain
package import Endpoints

extension ManifestRule {
    package static let options: [OptionSpec] = [
        OptionSpec("files", .list(.text), "Which names are manifests, with * and ?.", required: .required, example: "\"*.ctl\""),
        OptionSpec(
            "line", .text,
            "How a line names a file: {name} and, where the sender says so, {count} for its records, {bytes} for its size and {sha256}; one * stands for anything.",
            default: "\"{name}\"", example: "\"{name};{count};*\""
        ),
        OptionSpec("skip", .list(.text), "Lines that name no file, such as a header or a total, with * and ?.", example: "[\"FILE;*\", \"TOTAL*\"]"),
        OptionSpec("deadline", .duration, "How long a set may be incomplete before an alarm names what is missing.", default: "2h"),
    ]

    init(_ node: SettingNode) throws {
        let line = try node["line"].map { given in
            guard let line = given.scalar.flatMap({ ManifestLine($0) }) else {
                throw given.invalid(
                    "does not say where the name is",
                    fix: "write it like {name};{count}: {name} once, {count}, {bytes} and {sha256} as the lines have them")
            }
            return line
        }
        self.init(
            patterns: node.texts("files").map { GlobPattern($0) }, line: line ?? .standard, skipped: node.texts("skip").map { GlobPattern($0) },
            deadline: try node.duration("deadline") ?? Self.standardDeadline)
    }
}
