package import Domain

/// The `customers` group of a flow out of the shop: which new customers the ERP is told of, and in which words.
package struct CustomerSettings: Sendable {
    package static let options: [OptionSpec] = [
        OptionSpec(
            "attribute", .text, "The customer attribute of the shop that holds the ERP's account code; whoever has one is known to the ERP.",
            required: .required, example: "erp_account"),
        OptionSpec("websites", .list(.text), "Only customers of these websites, by their codes.", example: "[base]"),
        OptionSpec("groups", .list(.text), "Only customers of these groups, by their names; the others wait.", example: "[\"Trade enquiry\"]"),
        OptionSpec(
            "since", .text, "Customers who registered before this day never leave. Without it only those leave who register after the first run.",
            example: "\"2026-11-21\""),
        OptionSpec(
            "group_codes", .either([.text, .map(.text)]),
            "The ERP's price group by the customer group's name. A table here, or the name of a CSV file with two columns.",
            example: "{General: RETAIL}"),
        OptionSpec(
            "countries", .either([.text, .map(.text)]), "The ERP's country codes. A table here, or the name of a CSV file with two columns.",
            example: "{GB: UK}"),
        OptionSpec(
            "reference",
            .object([
                OptionSpec("prefix", .text, "What the reference begins with.", default: "W"),
                OptionSpec("length", .integer(2...32), "How many characters it has.", default: "8"),
            ]), "A short reference of the customer for ERPs that want an account code with the file: prefix and number."),
        OptionSpec("overlap", .duration, "How far each look goes back behind the last.", default: "10m"),
        OptionSpec("deep", .duration, "How far the daily look goes back.", default: "14d"),
    ]

    package var attribute: String
    package var websites: [String]
    package var groups: [String]
    package var since: UTCInstant?
    package var groupCodes: CodeMap
    package var countries: CodeMap
    package var reference: OrderReference?
    package var overlap: Duration
    package var deep: Duration

    /// - Parameter read: the text of a table's file by the name that the settings give.
    package init(_ node: SettingNode, read: (SettingNode, String) throws -> String) throws {
        attribute = try node.requiredText("attribute")
        websites = node.texts("websites")
        groups = node.texts("groups")
        since = try node["since"].map { try OrderSettings.day($0) }
        func map(_ name: String, _ subject: String) throws -> CodeMap {
            CodeMap(subject: subject, setting: "customers.\(name)", table: try node[name].map { try OrderSettings.table($0, read) })
        }
        groupCodes = try map("group_codes", "customer group")
        countries = try map("countries", "country")
        reference = node["reference"].map { node in
            OrderReference(
                prefix: node.text("prefix") ?? "W", length: node.text("length").flatMap { Int($0) } ?? 8, subject: "customer",
                setting: "customers.reference")
        }
        overlap = try node.duration("overlap") ?? .seconds(600)
        deep = try node.duration("deep") ?? .seconds(14 * 86_400)
    }
}
