import Domain

/// Where a price holds.
package enum PricePlace: Hashable, Sendable, Comparable {
    case everywhere
    /// A website by its code; only where prices may differ between websites.
    case website(String)

    /// As settings and evidence write it.
    package var name: String {
        switch self {
        case .everywhere: "all"
        case .website(let code): code
        }
    }

    package init(_ name: String) { self = name == "all" ? .everywhere : .website(name) }

    package static func < (left: PricePlace, right: PricePlace) -> Bool {
        switch (left, right) {
        case (.everywhere, .website): true
        case (.website(let left), .website(let right)): left < right
        case (_, .everywhere): false
        }
    }
}
