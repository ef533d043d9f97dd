package import Magento

/// Where in the shop the places of prices are: store views for base and special prices, websites for tiers.
package struct StorePlaces: Hashable, Sendable {
    /// Website code to its id and its store views, ascending.
    private var websites: [String: (id: Int, stores: [Int])]

    package init(websites: [Stores.Website], views: [Stores.View]) {
        self.websites = [:]
        for website in websites {
            let stores = views.filter { $0.website == website.id }.map(\.id).sorted()
            self.websites[website.code] = (website.id, stores)
        }
    }

    /// Throws `Diagnostic`.
    package init(_ stores: Stores) async throws {
        self.init(websites: try await stores.websites(), views: try await stores.views())
    }

    package static func == (left: StorePlaces, right: StorePlaces) -> Bool {
        left.websites.count == right.websites.count
            && left.websites.allSatisfy { code, site in right.websites[code].map { $0 == site } ?? false }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(websites.keys.sorted()) }

    /// 0 for everywhere; `nil` for a website that the shop does not have.
    func websiteID(of place: PricePlace) -> Int? {
        switch place {
        case .everywhere: 0
        case .website(let code): websites[code]?.id
        }
    }

    func place(ofWebsite id: Int) -> PricePlace? {
        id == 0 ? .everywhere : websites.first { $0.value.id == id }.map { .website($0.key) }
    }

    /// All store views of the place; empty for a website that the shop does not have.
    func stores(of place: PricePlace) -> [Int] {
        switch place {
        case .everywhere: [0]
        case .website(let code): websites[code]?.stores ?? []
        }
    }

    func place(ofStore id: Int) -> PricePlace? {
        id == 0 ? .everywhere : websites.first { $0.value.stores.contains(id) }.map { .website($0.key) }
    }
}
