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
                let near = known.min { distance($0, key) < distance($1, key) }
                let guess = near.flatMap { distance($0, key) <= 3 ? "did you mean \($0)?" : nil }
                report(
                    "SETTINGS-UNKNOWN", "unknown setting \(Escaped(key)) in \(name(path))", value,
                    guess ?? "known here: \(known.joined(separator: ", "))"
                )
                continue
            }
            if case .null = value.value { continue }
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
            problems += attempts.min { $0.count < $1.count } ?? []
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
        if !isValid { report("SETTINGS-VALUE", "\(path) is \(form)", node, "write \(form)") }
    }

    private mutating func report(_ code: String, _ text: String, _ node: SettingNode, _ fix: String) {
        problems.append(Diagnostic(code, text, at: node.location, fix: fix))
    }

    private func name(_ path: String) -> String { path.isEmpty ? "the settings file" : path }

    /// Edit distance, for "did you mean".
    private func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let cost = min(row[j] + 1, row[j + 1] + 1, previous + (byte == other ? 0 : 1))
                previous = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }
}
