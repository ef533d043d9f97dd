import Domain
import Formats
import Testing

@testable import Entities

struct FieldKindsTests {
    private static let fields: [EntityField] =
        StockDefinition.fields + PriceKind.allCases.flatMap { $0.columns.map(\.field) } + AccountReader.fields
        + SalesEventKind.allCases.flatMap { kind in kind.fields.map { $0.entityField(of: kind) } } + StatusDefinition(StatusRules(words: [:])).fields
        + ProductField.plain.map(\.entityField)

    @Test func `every field of every entity is one that a profile may map, read in the same way`() {
        #expect(Self.fields.count > 50)
        for field in Self.fields { #expect(FieldVocabulary.kind(of: field.name) == field.kind, "\(field.name)") }
    }

    @Test func `every field that a profile may map is one that an entity has`() {
        let known = Set(Self.fields.map(\.name))
        for field in FieldVocabulary.fields { #expect(known.contains(field.name), "\(field.name)") }
    }
}
