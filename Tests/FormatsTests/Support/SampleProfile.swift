import Domain

@testable import Formats

/// Small profiles made in the test that needs them.
enum SampleProfile {
    static let stockFields = [
        EntityField("sku", .text, "Stock code."), EntityField("warehouse", .text, "Where it lies."),
        EntityField("on_hand", .decimal, "In stock."), EntityField("allocated", .decimal, "Promised already."),
        EntityField("free", .decimal, "Available."), EntityField("class", .text, "Kind of product."),
        EntityField("valid_from", .instant, "When it begins."),
    ]

    /// A profile from JSON texts; the schema defaults to `sku,qty`.
    static func make(
        profile: String = #"{"title": "T", "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#,
        schema: String = #"{"fields": [{"name": "sku"}, {"name": "qty", "type": "number"}]}"#,
        dialect: String = "{}"
    ) throws -> Profile {
        try Profile(
            name: "test/test",
            profile: JSONDocument.parse(Array(profile.utf8), file: "profile.json"),
            schema: JSONDocument.parse(Array(schema.utf8), file: "schema.json"),
            structure: JSONDocument.parse(Array(dialect.utf8), file: "dialect.json")
        )
    }

    static func shipped(_ name: String) throws -> Profile {
        try ProfileCatalogue(folder: ProjectFolder.profiles).profile(named: name)
    }
}
