package import Domain

/// Trade accounts under an ownership map: what the ERP does not own of a customer is neither taken from a file nor sent.
package struct AccountDefinition: EntityDefinition {
    package static let name = "accounts"

    package let rules: AccountRules
    /// See `AccountReader.termChoices`.
    package let termChoices: Set<String>?

    package init(_ rules: AccountRules, termChoices: Set<String>? = nil) {
        self.rules = rules
        self.termChoices = termChoices
    }

    package var name: String { Self.name }
    package var fields: [EntityField] { AccountReader.fields }

    package func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter {
        AccountInterpreter(rules: rules, termChoices: termChoices)
    }

    package func describe(_ value: EncodedValue) -> String {
        guard let value = try? AccountValue(encoded: value) else { return "(unreadable value)" }
        return Self.text(value)
    }

    /// `group Trade A, terms NET30, credit limit 5000, on stop`
    static func text(_ value: AccountValue) -> String {
        let parts = value.fields.sorted { $0.key < $1.key }.map { field, text in
            switch field {
            case .stop: text == "1" ? "on stop" : "not on stop"
            case .email, .firstName, .lastName, .name, .group, .terms, .creditLimit, .taxNumber, .parent, .street, .city, .region, .postcode,
                .country, .telephone:
                text.isEmpty ? "no \(field.word)" : "\(field.word) \(Escaped(text.replacing("\n", with: ", "), limit: 80))"
            }
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    package func isAvailable(_ value: ArraySlice<UInt8>) -> Bool { false }
    package func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue { value }

    /// Only what the ERP owns counts: the rest is the customer's own.
    package func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool {
        guard let wanted = try? AccountValue(encoded: wanted), let observed = try? AccountValue(encoded: observed) else { return false }
        return wanted.limited(to: rules.sent).differing(from: observed).fields.isEmpty
    }

    package func differences(_ wanted: EncodedValue, observed: EncodedValue) -> [ValueDifference] {
        guard let wanted = try? AccountValue(encoded: wanted), let observed = try? AccountValue(encoded: observed) else { return [] }
        return wanted.limited(to: rules.sent).differing(from: observed).fields.keys.sorted().map {
            ValueDifference(place: $0.word, wanted: nil, observed: nil)
        }
    }

    package func unknown(_ key: RecordKey) -> RejectReason { AccountRejections.unknown(key) }
}
