package struct Website: Hashable, Sendable {
    package var id: Int
    package var code: String
    package var name: String
    package var defaultGroupID: Int

    package init(id: Int, code: String, name: String, defaultGroupID: Int) {
        self.id = id
        self.code = code
        self.name = name
        self.defaultGroupID = defaultGroupID
    }
}

package struct StoreGroup: Hashable, Sendable {
    package var id: Int
    package var websiteID: Int
    package var rootCategoryID: Int
    package var defaultStoreID: Int
    package var name: String
    package var code: String

    package init(id: Int, websiteID: Int, rootCategoryID: Int, defaultStoreID: Int, name: String, code: String) {
        self.id = id
        self.websiteID = websiteID
        self.rootCategoryID = rootCategoryID
        self.defaultStoreID = defaultStoreID
        self.name = name
        self.code = code
    }
}

package struct StoreView: Hashable, Sendable {
    package var id: Int
    package var code: String
    package var name: String
    package var websiteID: Int
    package var groupID: Int

    package init(id: Int, code: String, name: String, websiteID: Int, groupID: Int) {
        self.id = id
        self.code = code
        self.name = name
        self.websiteID = websiteID
        self.groupID = groupID
    }
}

/// What `store/storeConfigs` tells of every store view.
package struct StoreConfiguration: Hashable, Sendable {
    package var locale = "en_GB"
    package var baseCurrency = "GBP"
    package var displayCurrency = "GBP"
    /// Prices are shown with so many per cent of tax (`tax/display/type`), on a product's page and to GraphQL alike.
    package var displayedTax = Money.zero
    package var timezone = "Europe/London"
    package var weightUnit = "kgs"
    package var homeCountry = "GB"
    /// Customers are written to about their orders (`system/smtp/disable`).
    package var sendsLetters = true
    /// With a slash at its end. Empty: the address the server listens at.
    package var baseURL = ""

    package init() {}
}

package struct CustomerGroup: Hashable, Sendable {
    package var id: Int
    package var code: String
    package var taxClassID: Int

    package init(id: Int, code: String, taxClassID: Int = 3) {
        self.id = id
        self.code = code
        self.taxClassID = taxClassID
    }
}

package struct TaxClass: Hashable, Sendable {
    package enum Kind: String, Sendable { case product = "PRODUCT", customer = "CUSTOMER" }

    package var id: Int
    package var name: String
    package var kind: Kind

    package init(id: Int, name: String, kind: Kind) {
        self.id = id
        self.name = name
        self.kind = kind
    }

    package static let standard = [
        TaxClass(id: 2, name: "Taxable Goods", kind: .product), TaxClass(id: 3, name: "Retail Customer", kind: .customer),
    ]
}

/// A product attribute of the shop's own.
package struct CatalogueAttribute: Hashable, Sendable {
    package enum Input: String, Sendable { case text, select, boolean, price }

    package var code: String
    package var input: Input
    /// Label to id, in the order of the list; for `select` only.
    package var options: [Option]

    package struct Option: Hashable, Sendable {
        package var label: String
        package var id: Int

        package init(_ label: String, id: Int) {
            self.label = label
            self.id = id
        }
    }

    package init(code: String, input: Input = .text, options: [Option] = []) {
        self.code = code
        self.input = input
        self.options = options
    }
}
