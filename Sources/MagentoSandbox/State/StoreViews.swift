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
    package var timezone = "Europe/London"
    package var weightUnit = "kgs"
    /// With a slash at its end. Empty: the address the server listens at.
    package var baseURL = ""

    package init() {}
}

package struct CustomerGroup: Hashable, Sendable {
    package var id: Int
    package var code: String

    package init(id: Int, code: String) {
        self.id = id
        self.code = code
    }
}
