import Domain

/// Reasons that arise where records meet each other and the shop, whatever the entity.
enum PlanRejections {
    static let repeated = RejectReason(
        "KEY-REPEATED", "the file has another row for the same figure, and duplicate_keys of the profile prefers that one",
        fix: "nothing, if the policy is right"
    )

    static func collision(_ keys: [RecordKey]) -> RejectReason {
        RejectReason(
            "SKU-COLLISION", column: "sku",
            "the file has \(keys.map(\.description).joined(separator: " and ")), which the shop would take for one product",
            fix: "give the products codes that differ in more than letter case, accents or trailing blanks"
        )
    }
}
