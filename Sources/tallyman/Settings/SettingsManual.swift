import Domain

/// The man page tallyman-settings(5), made from the same declarations as the reference page.
enum SettingsManual {
    static func page() -> String {
        var text = """
            .TH TALLYMAN\\-SETTINGS 5 "" "tallyman @VERSION@" "File Formats"
            .SH NAME
            tallyman\\-settings \\- the settings file of a shop
            .SH SYNOPSIS
            .I /etc/tallyman/SHOP.yaml
            .SH DESCRIPTION
            One YAML file for one shop. It is found by
            .BR \\-\\-settings ,
            then by
            .BR TALLYMAN_SETTINGS ,
            then as
            .I tallyman.yaml
            in the working folder, then as the only file
            .IR /etc/tallyman/*.yaml .
            .B tallyman lint
            checks it, with line and column.
            .PP
            Durations are written 30s, 15m, 2h, 1d; percentages 20% or off. Secrets are names, never values: {env: NAME}, or {file: name} for a file with
            mode 0600 in
            .I SHOP.secrets/
            beside
            .IR SHOP.yaml .

            """
        section("", Settings.options, into: &text)
        text += """
            .SH SEE ALSO
            .BR tallyman (1),
            .I /usr/share/doc/tallyman/docs/settings.md

            """
        return text
    }

    private static func section(_ path: String, _ options: [OptionSpec], into text: inout String) {
        text += ".SH \(path.isEmpty ? "THE FILE" : escaped(path))\n"
        for option in options {
            let mark = option.isRequired ? " (required)" : option.defaultText.map { " (default \($0))" } ?? ""
            text += ".TP\n.B \(escaped(option.name))\n\(line(option.help + mark))\n"
            if let example = option.example { text += "Example: \(line(example))\n" }
        }
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

    private static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\e").replacing("-", with: "\\-") }

    /// A line of text: one that begins with a point or an apostrophe would be a request.
    private static func line(_ text: String) -> String {
        let text = escaped(text)
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
