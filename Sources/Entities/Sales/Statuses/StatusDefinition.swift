package import Domain

/// How orders stand in the ERP, in its own words: the newest word of an order replaces the one before.
package struct StatusDefinition: EntityDefinition {
    package let rules: StatusRules

    /// Which orders have left under which short references; without it orders go by their own numbers.
    private let books: (any OrderBooks)?

    package init(_ rules: StatusRules, books: (any OrderBooks)? = nil) {
        self.rules = rules
        self.books = books
    }

    package var name: String { "statuses" }

    package var fields: [EntityField] {
        [
            EntityField("order", .text, "The shop's order number."),
            EntityField("order_status", .text, "The ERP's word for how the order stands; the settings say what it means."),
            EntityField("remark", .text, "What the ERP says besides.", isCode: false),
        ]
    }

    package func makeInterpreter(asOf instant: UTCInstant) -> any RowInterpreter { StatusInterpreter(rules: rules, books: books) }

    package func describe(_ value: EncodedValue) -> String {
        guard let value = try? StatusValue(encoded: value) else { return "(unreadable value)" }
        return Escaped(value.word, limit: 60).description + (value.remark.map { ", \"\(Escaped($0, limit: 60))\"" } ?? "")
    }

    package func isAvailable(_ value: ArraySlice<UInt8>) -> Bool { false }
    package func spelled(_ value: EncodedValue, as spelling: RecordKey) -> EncodedValue { value }
    package func isSatisfied(_ wanted: EncodedValue, by observed: EncodedValue) -> Bool { wanted == observed }

    /// What a customer was told is not untold.
    package func restored(from change: Change) -> EncodedValue? { nil }
}
