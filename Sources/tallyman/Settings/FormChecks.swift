import Domain

/// Values that have the right type and cannot be what was meant: patterns that match no file, codes of no currency, names that no file can have.
enum FormChecks {
    static func problems(in root: SettingNode) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if let currency = root["currency"], let text = currency.scalar, text.count != 3 || !text.allSatisfy({ $0.isASCII && $0.isUppercase }) {
            problems.append(currency.invalid("is no currency code", fix: "write the three letters of ISO 4217, such as GBP"))
        }
        for (name, flow) in root["flows"]?.map ?? [] {
            if let problem = self.name(name, flow) { problems.append(problem) }
            if let files = flow["pull"]?["files"] { problems += (files.list ?? [files]).compactMap { glob($0, flow: name) } }
        }
        return problems
    }

    /// A flow's name is typed on command lines and is part of the names of its reject files.
    private static func name(_ name: String, _ flow: SettingNode) -> Diagnostic? {
        let isPlain = name.first != "-" && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        guard !isPlain || name.isEmpty else { return nil }
        let plain = String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }.drop { $0 == "-" })
        return Diagnostic(
            "SETTINGS-VALUE", "\"\(Escaped(name))\" cannot be the name of a flow", at: flow.location,
            fix: "use letters, digits, -, _ and . only, such as \(plain.isEmpty ? "stock" : plain)")
    }

    /// Other signs of patterns than `*`, `?` and `[sets]` are taken as they are written, and no file has such a name.
    private static func glob(_ node: SettingNode, flow: String) -> Diagnostic? {
        guard let text = node.scalar else { return nil }
        if let slash = text.lastIndex(of: "/") {
            let name = text[text.index(after: slash)...]
            return node.invalid("is a path", fix: "write the names alone, files: \"\(name)\", and the folder in pull.folder of flow \(flow)")
        }
        guard text.hasPrefix("^") || text.contains(where: { "{}|\\".contains($0) }) else { return nil }
        let loose = text.replacing(#/\{[^}]*\}|\\d\+?|\.\*|\.\+/#, with: "*").replacing("\\", with: "")
        let plain = String(loose.filter { !"{}|^$".contains($0) })
        return node.invalid("looks like a regular expression", fix: "* stands for any characters and ? for one; write files: \"\(plain)\"")
    }
}
