/// Holds a settings file against the declarations: every unknown key, missing value and wrong form, each at its place.
///
/// Pure, and it touches nothing outside: `lint` is this and nothing more.
package struct SettingCheck {
    private var problems: [Diagnostic] = []

    package static func problems(in node: SettingNode, against options: [OptionSpec]) -> [Diagnostic] {
        var check = SettingCheck()
        check.object(node, options, path: "")
        return check.problems
    }

    private mutating func object(_ node: SettingNode, _ options: [OptionSpec], path: String) {
        guard let pairs = node.map else {
            report("SETTINGS-FORM", "\(name(path)) is a group of settings", node, "indent its keys below it")
            return
        }
        var seen: Set<String> = []
        for (key, value) in pairs {
            guard seen.insert(key).inserted else {
                report("SETTINGS-TWICE", "\(key) is given twice", value, "remove one of them")
                continue
            }
            guard let option = options.first(where: { $0.name == key }) else {
                let known = options.map(\.name)
                report(
                    "SETTINGS-UNKNOWN", "unknown setting \(Escaped(key)) in \(name(path))", value,
                    NearestWord.hint(key, among: known, otherwise: "known here: \(known.joined(separator: ", "))")
                )
                continue
            }
            if value.isEmpty {
                // Written and left open: what is required is missing all the same.
                if option.isRequired { seen.remove(key) }
                continue
            }
            check(value, option.kind, path: path.isEmpty ? key : "\(path).\(key)")
        }
        for option in options where option.isRequired && !seen.contains(option.name) {
            report("SETTINGS-MISSING", "\(option.name) is missing in \(name(path))", node, "add \(option.name): \(option.example ?? "…")")
        }
    }

    private mutating func check(_ node: SettingNode, _ kind: OptionSpec.Kind, path: String) {
        switch kind {
        case .object(let options): object(node, options, path: path)
        case .list(let element):
            for item in node.list ?? [node] { check(item, element, path: path) }
        case .map(let element):
            guard let pairs = node.map else {
                return report("SETTINGS-FORM", "\(path) maps names to values", node, "write NAME: VALUE lines below it")
            }
            for (key, value) in pairs { check(value, element, path: "\(path).\(key)") }
        case .either(let kinds):
            var attempts: [[Diagnostic]] = []
            for kind in kinds {
                var attempt = SettingCheck()
                attempt.check(node, kind, path: path)
                if attempt.problems.isEmpty { return }
                attempts.append(attempt.problems)
            }
            // Whoever wrote a group meant the form that is a group.
            let meant = node.map == nil ? nil : kinds.firstIndex { if case .object = $0 { true } else { false } }
            problems += meant.map { attempts[$0] } ?? attempts.min { $0.count < $1.count } ?? []
        case .text, .integer, .decimal, .percent, .duration, .boolean, .choice, .secret:
            scalar(node, kind, path: path)
        }
    }

    private mutating func scalar(_ node: SettingNode, _ kind: OptionSpec.Kind, path: String) {
        let text = node.scalar
        let isValid: Bool
        let form: String
        switch kind {
        case .text: (isValid, form) = (text != nil, "a text")
        case .integer(let range):
            (isValid, form) = (
                text.flatMap { Int64($0) }.map(range.contains) ?? false, "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        case .decimal: (isValid, form) = (text.flatMap { ExactDecimal(plain: $0) } != nil, "a number such as 2 or 2.5")
        case .percent:
            let number = text.map { $0.hasSuffix("%") ? $0.dropLast() : $0[...] }
            (isValid, form) = (text == "off" || number.flatMap { ExactDecimal(plain: $0) } != nil, "a percentage such as 20%, or off")
        case .duration: (isValid, form) = (text.flatMap { Duration(setting: $0) } != nil, "a duration such as 30s, 15m, 2h or 1d")
        case .boolean: (isValid, form) = (text == "true" || text == "false", "true or false")
        case .choice(let words): (isValid, form) = (text.map(words.contains) ?? false, "one of \(words.joined(separator: ", "))")
        case .secret:
            let keys = node.map?.map(\.key) ?? []
            (isValid, form) = (keys.count == 1 && (keys == ["env"] || keys == ["file"]), "the name of a secret: {env: NAME} or {file: name}")
        case .object, .list, .map, .either: return
        }
        guard !isValid else { return }
        var fix = "write \(form)"
        if case .choice(let words) = kind, let text, let near = NearestWord.of(text, among: words) { fix = "did you mean \(near)? Otherwise \(fix)" }
        if case .secret = kind, text != nil {
            // The value itself is shown nowhere: logs and mails are read by more people than the settings.
            let name = path.split(separator: ".").last.map(String.init) ?? path
            return report(
                "SECRET-WRITTEN", "\(path) holds a secret's value; settings hold its name only", node,
                "write {file: \(name)}, put the value into a file of that name beside the settings, in SHOP.secrets/ with mode 0600, and have it renewed"
            )
        }
        report("SETTINGS-VALUE", (text.map { "\"\(Escaped($0))\" for " } ?? "") + "\(path) is not \(form)", node, fix)
    }

    private mutating func report(_ code: String, _ text: String, _ node: SettingNode, _ fix: String) {
        problems.append(Diagnostic(code, text, at: node.location, fix: fix))
    }

    private func name(_ path: String) -> String { path.isEmpty ? "the settings file" : path }
}
