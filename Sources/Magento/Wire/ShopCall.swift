/// One call of the shop's web API, before it is addressed and signed.
package struct ShopCall: Hashable, Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT" }

    /// What repeating the call would do.
    package enum Effect: Hashable, Sendable {
        /// Nothing changes.
        case read
        /// Values are absolute: twice is the same as once.
        case absolute
        /// A second time is a second effect: after a doubt somebody has to look.
        case once
    }

    /// The shape of a success; anything else with status 200 is no success.
    package enum Expectation: Hashable, Sendable {
        /// `[]`: Magento's word for nothing to report.
        case emptyList
        case object
        case list
        case wholeNumber
        case text
        /// `true`
        case yes
        /// `true` or `false`: both are answers.
        case flag
        /// HTML.
        case page
        /// Not JSON at all: `/magento_version`.
        case plainText

        /// The largest body that an answer of this shape can have; what is longer is not read to its end.
        package var maximumBody: Int {
            switch self {
            case .wholeNumber, .text, .yes, .flag, .plainText: 1 << 20
            case .page: 4 << 20
            case .emptyList, .object, .list: 16 << 20
            }
        }
    }

    package enum Root: Hashable, Sendable {
        /// Below `/rest/<scope>/V1/`.
        case api
        /// Below `/rest/all/V1/`, whatever the scope of the settings.
        case allStores
        /// Below the shop's own address.
        case shop
    }

    package var method: Method
    package var root: Root
    /// Path segments as plain text; encoding happens once, in `RequestTarget`.
    package var path: [String]
    /// The path with names for its variables, `products/:sku/stockItems/:id`: what logs, latches and people see, so that no
    /// value gets there.
    package var route: String
    package var query: [QueryItem]
    /// The store view that a shopper's call names in its header.
    package var store: String?
    package var body: [UInt8]?
    package var effect: Effect
    package var expects: Expectation
    /// Takes the elements of a list that may be too long to be held; the answer's own list is empty then.
    package var reader: ListReader?

    package init(
        _ method: Method,
        _ path: [String],
        route: String? = nil,
        query: [QueryItem] = [],
        body: [UInt8]? = nil,
        effect: Effect,
        expects: Expectation,
        root: Root = .api,
        store: String? = nil,
        reader: ListReader? = nil
    ) {
        self.method = method
        self.root = root
        self.path = path
        self.route = route ?? path.joined(separator: "/")
        self.query = query
        self.store = store
        self.body = body
        self.effect = effect
        self.expects = expects
        self.reader = reader
    }

    /// `POST inventory/source-items`
    package var label: String { "\(method.rawValue) \(route)" }
}

package struct QueryItem: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
