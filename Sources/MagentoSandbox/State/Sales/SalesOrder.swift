package struct SalesOrder: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case new, processing, complete, closed, canceled, holded
        case pendingPayment = "pending_payment"
        case paymentReview = "payment_review"
    }

    /// What has been invoiced, refunded or cancelled so far.
    struct Settled: Hashable, Sendable {
        var subtotal = Money.zero
        var discount = Money.zero
        var tax = Money.zero
        var shipping = Money.zero
        var shippingTax = Money.zero
        var adjustment = Money.zero

        var total: Money { subtotal - discount + tax + shipping + adjustment }
    }

    package struct Buyer: Hashable, Sendable {
        package var customerID: Int?
        package var groupID: Int
        package var taxNumber: String?

        package init(customerID: Int? = nil, groupID: Int = 0, taxNumber: String? = nil) {
            self.customerID = customerID
            self.groupID = groupID
            self.taxNumber = taxNumber
        }
    }

    package struct Comment: Hashable, Sendable {
        package var id: Int
        package var text: String
        package var isCustomerNotified: Bool
        package var isVisibleOnFront: Bool
        package var status: String
        package var entity: String?
        var createdAt: String
    }

    package struct Payment: Hashable, Sendable {
        package var method: String
        package var title: String
        package var purchaseOrder: String?
        package var transaction: String?
        /// `payment_additional_info` besides the title.
        package var details: [String: String] = [:]

        package init(
            method: String = "checkmo", title: String = "Check / Money order", purchaseOrder: String? = nil,
            transaction: String? = nil, details: [String: String] = [:]
        ) {
            self.method = method
            self.title = title
            self.purchaseOrder = purchaseOrder
            self.transaction = transaction
            self.details = details
        }

        /// Methods that no gateway stands behind; their invoices cannot be refunded online.
        package static let offline: Set<String> = ["checkmo", "banktransfer", "purchaseorder", "cashondelivery", "free", "companycredit"]
    }

    package var id: Int
    package var incrementID: String
    package var quoteID: Int
    package var storeID: Int
    package var stockID: Int
    package var state = State.new
    package var status = "pending"
    package var heldFrom: (State, String)? {
        get { heldState.map { ($0, heldStatus) } }
        set { (heldState, heldStatus) = (newValue?.0, newValue?.1 ?? "") }
    }
    private var heldState: State?
    private var heldStatus = ""
    package var externalID: String?
    package var buyer: Buyer
    package var billing: SalesAddress
    /// `nil` where nothing of it is sent.
    package var shipping: SalesAddress?
    package var payment: Payment
    package var shippingMethod: String
    package var shippingDescription: String
    package var shippingAmount: Money
    package var shippingTax: Money
    package var coupon: String?
    package var currency: String
    /// What one of the base currency is in the order's.
    package var rate = Money(1)
    package var taxCode: String?
    /// The carriage's own rate, where it is another than that of the goods.
    package var shippingTaxPercent: Money?
    package var lines: [SalesLine]
    package var comments: [Comment] = []
    package var relation: Relation?
    /// Placed by the shop itself: reservations were written for it.
    package var hasReservations = true
    /// Members of `extension_attributes` of other modules, as they are sent.
    package var extras: [JSONValue.Member] = []
    package var createdAt: String
    package var updatedAt: String
    /// Seconds since 1970 from which others see it: a row is stamped when it is written and visible when it is committed.
    package var visibleFrom: Int64 = 0

    var invoicedSums: Settled?
    var refundedSums: Settled?
    var canceledSums: Settled?
    var isOnlineRefunded = false

    /// An edited order is cancelled, and a new one takes its place.
    package struct Relation: Hashable, Sendable {
        package var originalIncrementID: String?
        package var edit: Int?
        package var parentID: Int?
        package var parentIncrementID: String?
        package var childID: Int?
        package var childIncrementID: String?

        package init() {}
    }

    package init(
        id: Int, incrementID: String, quoteID: Int, storeID: Int, stockID: Int, buyer: Buyer, billing: SalesAddress,
        shipping: SalesAddress?, payment: Payment, shippingMethod: String, shippingDescription: String, shippingAmount: Money,
        shippingTax: Money, currency: String, lines: [SalesLine], createdAt: String
    ) {
        self.id = id
        self.incrementID = incrementID
        self.quoteID = quoteID
        self.storeID = storeID
        self.stockID = stockID
        self.buyer = buyer
        self.billing = billing
        self.shipping = shipping
        self.payment = payment
        self.shippingMethod = shippingMethod
        self.shippingDescription = shippingDescription
        self.shippingAmount = shippingAmount
        self.shippingTax = shippingTax
        self.currency = currency
        self.lines = lines
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// The rows that carry money.
    var charged: [SalesLine] { lines.filter(\.isCharged) }
    package var subtotal: Money { .sum(charged.map(\.row)) }
    package var discount: Money { .sum(charged.map(\.discount)) }
    var goodsTax: Money { .sum(charged.map(\.tax)) }
    package var tax: Money { goodsTax + shippingTax }
    package var grandTotal: Money { subtotal - discount + shippingAmount + tax }
    package var paid: Money { invoicedSums?.total ?? .zero }
    package var isAllShipped: Bool { lines.allSatisfy { $0.openToShip == .zero } }
    package var isAllInvoiced: Bool { lines.allSatisfy { $0.openToInvoice == .zero } }

    package func position(of line: Int) -> Int? { lines.firstIndex { $0.id == line } }
    func children(of line: SalesLine) -> [SalesLine] { lines.filter { $0.parentID == line.id } }

    /// How many of a charged row have left. A bundle with a price of its own whose parts are shipped apart has left as far as all of
    /// its parts have; its own count means nothing.
    func shippedPieces(of line: SalesLine) -> Quantity {
        guard case .bundle(let bundle) = line.role, bundle.shipsSeparately else { return line.shipped }
        let whole = children(of: line).map { child -> Quantity in
            guard case .part(_, let each) = child.role, each > .zero else { return child.shipped }
            return Quantity(child.shipped.tenThousandths / each.tenThousandths)
        }
        return whole.min() ?? .zero
    }

    /// The products that leave the shelf with `quantity` of a shipped row.
    func leaves(of line: SalesLine, _ quantity: Quantity) -> [(productID: Int, quantity: Quantity)] {
        switch line.role {
        case .single, .variant, .part: return line.isVirtual ? [] : [(line.productID, quantity)]
        case .configurable: return children(of: line).map { ($0.productID, quantity) }
        case .bundle:
            return children(of: line).map { child in
                guard case .part(_, let each) = child.role else { return (child.productID, quantity) }
                return (child.productID, quantity.times(each))
            }
        }
    }
}
