/// Which Magento source each of the ERP's warehouse codes feeds.
package enum WarehouseMap: Hashable, Sendable {
    /// Every warehouse has a source of its own, or shares one; `ignored` codes are known and not for sale online.
    case sources([String: String], ignored: Set<String>)
    /// All warehouses (or the included ones) are added up into one source, the excluded left out.
    case aggregate(source: String, included: Set<String>?, excluded: Set<String>)

    enum Destination: Hashable {
        case source(String)
        case leftOut
        /// A code nobody has decided about: never guessed.
        case unknown
    }

    func destination(of warehouse: String) -> Destination {
        switch self {
        case .sources(let map, let ignored):
            if let source = map[warehouse] { return .source(source) }
            return ignored.contains(warehouse) ? .leftOut : .unknown
        case .aggregate(let source, let included, let excluded):
            if excluded.contains(warehouse) { return .leftOut }
            guard let included else { return .source(source) }
            return included.contains(warehouse) ? .source(source) : .leftOut
        }
    }

    /// The sources this flow owns: what is observed in the shop and what a missing SKU may be zeroed at.
    package var sources: [String] {
        switch self {
        case .sources(let map, _): Array(Set(map.values)).sorted()
        case .aggregate(let source, _, _): [source]
        }
    }
}
