import Domain

extension StockInterpreter {
    static let skuMissing = RejectReason(
        "SKU-MISSING", column: "sku", "the record has no product code",
        fix: "give the product its code in the ERP and let the file be written again"
    )
    static let noQuantity = RejectReason(
        "STOCK-NO-QUANTITY", "the record carries neither a free nor an on-hand quantity",
        fix: "map the column that holds the quantity to on_hand or free in the profile"
    )
    static let allocatedBlank = RejectReason(
        "STOCK-ALLOCATED-BLANK", column: "allocated",
        "the allocated quantity is blank, so what is free cannot be told",
        fix: "write 0 where nothing is allocated, or set the profile's blank policy for allocated to zero"
    )
    static let outOfRange = RejectReason(
        "NUMBER-RANGE", "the quantities add up to more than 18 digits",
        fix: "correct the quantity in the ERP"
    )

    static func unknownWarehouse(_ code: String) -> RejectReason {
        RejectReason(
            "WAREHOUSE-UNKNOWN", column: "warehouse", value: Escaped(code).description,
            "warehouse code \"\(Escaped(code))\" is not in the settings",
            fix: "add it to the flow's stock.warehouses, or to stock.ignore if it is not sold online"
        )
    }

    static func unknownStatus(_ word: String) -> RejectReason {
        RejectReason(
            "AVAILABILITY-UNKNOWN", column: "availability", value: Escaped(word).description,
            "the availability \"\(Escaped(word))\" is not known",
            fix: "add it to the flow's stock.availability under available or unavailable"
        )
    }

    /// - Parameter isRepeated: whether every row says the same; nothing is certain then but that a row is too many, or a warehouse missing.
    static func duplicate(_ warehouse: String, isRepeated: Bool) -> RejectReason {
        let place = warehouse.isEmpty ? "" : " in warehouse \(Escaped(warehouse))"
        return RejectReason(
            "SKU-DUPLICATE", "the file has the product\(place) more than once, with \(isRepeated ? "the same" : "different") figures",
            fix: isRepeated
                ? "remove the repeated row; if repeated rows mean nothing, set duplicate_keys of the profile to last"
                : "remove the wrong row, or set duplicate_keys of the profile to last, first or sum"
        )
    }

    static func incomplete(line: Int) -> RejectReason {
        RejectReason(
            "KEY-INCOMPLETE",
            "another row of this product (line \(line)) was rejected, so its figures would be incomplete",
            fix: "mend that row; all rows of the product are retried together"
        )
    }
}
