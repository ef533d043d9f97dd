/// Typed reads of checked settings. Each throws a `Diagnostic` at the value's place in the file.
extension SettingNode {
    package func requiredText(_ key: String) throws -> String {
        guard let text = self[key]?.scalar, !text.isEmpty else {
            throw Diagnostic("SETTINGS-MISSING", "\(key) is missing", at: location, fix: "add \(key): …")
        }
        return text
    }

    package func text(_ key: String) -> String? { self[key]?.scalar }

    package func texts(_ key: String) -> [String] {
        guard let node = self[key] else { return [] }
        return (node.list ?? [node]).compactMap(\.scalar)
    }

    package func decimal(_ key: String) throws -> ExactDecimal? {
        try self[key].map { node in
            guard let number = node.scalar.flatMap({ ExactDecimal(plain: $0) }) else {
                throw node.invalid("is not a number", fix: "write it like 2 or 2.5")
            }
            return number
        }
    }

    /// `20%` or `20`; `off` answers `fallback`'s opposite: no limit.
    package func percent(_ key: String, default fallback: ExactDecimal?) throws -> ExactDecimal? {
        guard let node = self[key] else { return fallback }
        guard let text = node.scalar, text != "off" else { return nil }
        guard let number = ExactDecimal(plain: text.hasSuffix("%") ? text.dropLast() : text[...]), !number.isNegative else {
            throw node.invalid("is not a percentage", fix: "write it like 20%, or off")
        }
        return number
    }

    package func duration(_ key: String) throws -> Duration? {
        try self[key].map { node in
            guard let duration = node.scalar.flatMap({ Duration(setting: $0) }) else {
                throw node.invalid("is not a duration", fix: "write it like 30s, 15m, 2h or 1d")
            }
            return duration
        }
    }

    package func integer(_ key: String) throws -> Int? {
        try self[key].map { node in
            guard let number = node.scalar.flatMap({ Int($0) }) else {
                throw node.invalid("is not a whole number", fix: "write it in digits")
            }
            return number
        }
    }

    /// One of a closed set of words.
    package func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default fallback: Choice) throws -> Choice
    where Choice.RawValue == String {
        guard let node = self[key] else { return fallback }
        guard let choice = node.scalar.flatMap({ Choice(rawValue: $0) }) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw node.invalid("is not one of \(words)", fix: "choose one of \(words)")
        }
        return choice
    }

    package func invalid(_ text: String, fix: String) -> Diagnostic {
        let shown = scalar.map { "\"\(Escaped($0))\" " } ?? "the value "
        return Diagnostic("SETTINGS-VALUE", shown + text, at: location, fix: fix)
    }
}

extension Duration {
    /// `30s`, `15m`, `2h`, `1d`.
    package init?(setting text: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count <= 10_000_000
        else { return nil }
        self = .seconds(count * unit)
    }
}
