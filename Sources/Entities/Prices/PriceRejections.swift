import Domain

enum PriceRejections {
    static let skuMissing = RejectReason(
        "SKU-MISSING", column: "sku", "the record has no product code",
        fix: "give the product its code in the ERP and let the file be written again")
    static let unreadable = RejectReason(
        "PRICE-UNREADABLE", "the record's price cannot be read again", fix: "plan the file again")

    static func incomplete(line: Int) -> RejectReason {
        RejectReason(
            "KEY-INCOMPLETE", "another row of this product (line \(line)) was rejected, so its prices would be incomplete",
            fix: "mend that row; all rows of the product are retried together")
    }

    static func overlap(_ left: PricePlan.Line, _ right: PricePlan.Line, _ zone: ShopZone) -> RejectReason {
        let slot = left.statement.slot.description
        return RejectReason(
            "PRICE-OVERLAP",
            "lines \(min(left.number, right.number)) and \(max(left.number, right.number)) give the product two prices"
                + (slot.isEmpty ? "" : " (\(slot))")
                + " for the same time: \(left.window.description(in: zone)), and \(right.window.description(in: zone))",
            fix: "let one of them end where the other starts")
    }
}
