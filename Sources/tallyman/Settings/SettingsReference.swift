import Domain
import Foundation

/// The reference page and the JSON Schema of the settings, made from the option declarations, and the runbook of the alarms.
enum SettingsReference {
    /// Path below the project's folder, and content.
    static func files() throws -> [(String, String)] {
        [
            ("docs/settings.md", page()), ("Schemas/settings.schema.json", try schema()), ("docs/alarms.md", AlarmReference.page()),
            ("docs/man/tallyman-settings.5", SettingsManual.page()),
        ]
    }

    // MARK: The page

    private static func page() -> String {
        var text = """
            # Settings

            One YAML file for one shop. This page is written by `make docs` from the declarations in the code; do not edit it.
            `tallyman lint` checks a file against it, with line and column. Editors complete from `Schemas/settings.schema.json`.

            Durations are written `30s`, `15m`, `2h`, `1d`; percentages `20%` or `off`; secrets are names, never values:
            `{env: NAME}`, or `{file: name}` for a file with mode 0600 in the folder `SHOP.secrets` beside `SHOP.yaml` (systemd's
            `$CREDENTIALS_DIRECTORY` is looked at first; `secrets/` beside the settings and the settings' own folder last).


            """
        section("", Settings.options, into: &text)
        text += """
            # The console's file

            One file for one console, `/etc/tallyman/console.yaml`, apart from those of the shops ([console.md](console.md)).


            """
        section("console.yaml", ConsoleFile.options, into: &text)
        return text
    }

    private static func section(_ path: String, _ options: [OptionSpec], into text: inout String) {
        text += path.isEmpty ? "## The file\n\n" : "## `\(path)`\n\n"
        text += "| option | form | default | what it does |\n| --- | --- | --- | --- |\n"
        for option in options {
            let mark = option.isRequired ? "required" : option.defaultText.map { "`\($0)`" } ?? ""
            let example = option.example.map { " Example: `\($0)`." } ?? ""
            text += "| `\(option.name)` | \(form(option.kind)) | \(mark) | \(option.help.replacingOccurrences(of: "|", with: "\\|"))\(example) |\n"
        }
        text += "\n"
        for option in options { nested(path.isEmpty ? option.name : "\(path).\(option.name)", option.kind, into: &text) }
    }

    private static func nested(_ path: String, _ kind: OptionSpec.Kind, into text: inout String) {
        switch kind {
        case .object(let options): section(path, options, into: &text)
        case .map(let element): nested("\(path).NAME", element, into: &text)
        case .list(let element): nested(path, element, into: &text)
        case .either(let kinds): for kind in kinds { nested(path, kind, into: &text) }
        case .text, .integer, .decimal, .percent, .duration, .boolean, .choice, .secret: break
        }
    }

    private static func form(_ kind: OptionSpec.Kind) -> String {
        switch kind {
        case .text: "text"
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .decimal: "number"
        case .percent: "percentage"
        case .duration: "duration"
        case .boolean: "true or false"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .secret: "secret's name"
        case .list(let element): "list of: \(form(element))"
        case .map(let element): "NAME: \(form(element))"
        case .object: "group, below"
        case .either(let kinds): kinds.map(form).joined(separator: ", or ")
        }
    }

    // MARK: The schema

    private static func schema() throws -> String {
        var root = schema(.object(Settings.options))
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        root["title"] = "Tallyman settings"
        let data = try JSONSerialization.data(withJSONObject: root, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func schema(_ kind: OptionSpec.Kind) -> [String: Any] {
        switch kind {
        case .text: ["type": ["string", "number", "boolean"]]
        case .integer(let range): ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .decimal: ["type": "number"]
        case .percent: ["type": ["string", "number"], "pattern": "^([0-9]+(\\.[0-9]+)?%?|off)$"]
        case .duration: ["type": "string", "pattern": "^[0-9]+[smhd]$"]
        case .boolean: ["type": "boolean"]
        case .choice(let words): ["enum": words]
        case .secret:
            [
                "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                "properties": ["env": ["type": "string"], "file": ["type": "string"]],
            ]
        case .list(let element): ["anyOf": [["type": "array", "items": schema(element)], schema(element)]]
        case .map(let element): ["type": "object", "additionalProperties": schema(element)]
        case .either(let kinds): ["anyOf": kinds.map(schema)]
        case .object(let options):
            [
                "type": "object", "additionalProperties": false, "required": options.filter(\.isRequired).map(\.name),
                "properties": Dictionary(
                    uniqueKeysWithValues: options.map { option in
                        var property = schema(option.kind)
                        property["description"] = option.help
                        if let defaultText = option.defaultText { property["default"] = defaultText }
                        return (option.name, property)
                    }),
            ]
        }
    }
}
