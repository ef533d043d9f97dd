import Domain

/// What the ERP's words for availability mean. Case, blanks, hyphens and underscores do not count.
package struct StockStatuses: Sendable {
    private var available: Set<String>
    private var unavailable: Set<String>

    /// - Parameters are the words of one ERP; they go before the usual ones.
    package init(available: [String] = [], unavailable: [String] = []) {
        let own = (Set(available.map(Self.plain)), Set(unavailable.map(Self.plain)))
        self.available = Self.usualAvailable.subtracting(own.1).union(own.0)
        self.unavailable = Self.usualUnavailable.subtracting(own.0).union(own.1)
    }

    /// `nil` for a word that is not known.
    func isAvailable(_ word: String) -> Bool? {
        let word = Self.plain(word)
        if unavailable.contains(word) { return false }
        return available.contains(word) ? true : nil
    }

    private static func plain(_ word: String) -> String { word.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static let usualAvailable: Set<String> = [
        "available", "instock", "limited", "limitedavailability", "lowstock", "active", "yes", "true", "onsale", "normal",
    ]

    private static let usualUnavailable: Set<String> = [
        "unavailable", "notavailable", "outofstock", "soldout", "discontinued", "suspended", "blocked", "onhold", "hold", "inactive", "withdrawn",
        "preorder",
        "presale", "onorder", "backorder", "temporarilyunavailable", "temporarilyoutofstock", "no", "false", "obsolete", "quarantine",
    ]
}
