/// Stores, websites and installed modules.
enum Stores {
    private static let access = Route.Access.resource("Magento_Backend::store")

    static let routes = [
        Route("GET", "store/storeViews", access) { (state, _) throws(ShopError) in
            .array(
                state.storeViews.map {
                    [
                        "id": JSONValue($0.id), "code": .string($0.code), "name": .string($0.name),
                        "website_id": JSONValue($0.websiteID), "store_group_id": JSONValue($0.groupID), "is_active": 1,
                    ]
                })
        },
        Route("GET", "store/storeGroups", access) { (state, _) throws(ShopError) in
            .array(
                state.storeGroups.map {
                    [
                        "id": JSONValue($0.id), "website_id": JSONValue($0.websiteID),
                        "root_category_id": JSONValue($0.rootCategoryID), "default_store_id": JSONValue($0.defaultStoreID),
                        "name": .string($0.name), "code": .string($0.code),
                    ]
                })
        },
        Route("GET", "store/websites", access) { (state, _) throws(ShopError) in
            .array(
                state.websites.map {
                    [
                        "id": JSONValue($0.id), "code": .string($0.code), "name": .string($0.name),
                        "default_group_id": JSONValue($0.defaultGroupID),
                    ]
                })
        },
        Route("GET", "store/storeConfigs", access) { (state, call) throws(ShopError) in
            .array(state.storeViews.filter { $0.id != 0 }.map { configuration(of: $0, state, baseURL: call.baseURL) })
        },
        Route("GET", "modules", .resource("Magento_Backend::admin")) { (state, _) throws(ShopError) in
            .array(state.modules.map { .string($0) })
        },
    ]

    private static func configuration(of view: StoreView, _ state: ShopState, baseURL: String) -> JSONValue {
        let settings = state.configuration
        var members: [JSONValue.Member] = [
            .init("id", JSONValue(view.id)), .init("code", .string(view.code)),
            .init("website_id", JSONValue(view.websiteID)), .init("locale", .string(settings.locale)),
            .init("base_currency_code", .string(settings.baseCurrency)),
            .init("default_display_currency_code", .string(settings.displayCurrency)),
            .init("timezone", .string(settings.timezone)), .init("weight_unit", .string(settings.weightUnit)),
        ]
        for prefix in ["", "secure_"] {
            for (name, suffix) in [("base_url", ""), ("base_link_url", ""), ("base_static_url", "static/"), ("base_media_url", "media/")] {
                members.append(.init(prefix + name, .string(baseURL + suffix)))
            }
        }
        return .object(members)
    }
}
