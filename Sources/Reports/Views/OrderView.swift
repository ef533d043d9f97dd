/// The JSON form of the way of an order: where it is, in which files it left, what the ERP said of it.
package struct OrderView: Encodable {
    package struct Leaving: Encodable {
        package var consignment: ConsignmentView
        package var told: String
        package var line: Int?
        package var bytes: String?
        package var again: Bool
        package var acknowledged: String?
        package var erpNumber: String?
        package var refusal: String?

        package init(
            consignment: ConsignmentView, told: String, line: Int?, bytes: String?, again: Bool, acknowledged: String?, erpNumber: String?,
            refusal: String?
        ) {
            self.consignment = consignment
            self.told = told
            self.line = line
            self.bytes = bytes
            self.again = again
            self.acknowledged = acknowledged
            self.erpNumber = erpNumber
            self.refusal = refusal
        }
    }

    package var order: String
    package var flow: String
    package var standing: String
    package var reason: String?
    package var left: [Leaving]
    package var openErrors: [ErrorView]

    package init(order: String, flow: String, standing: String, reason: String?, left: [Leaving], openErrors: [ErrorView]) {
        self.order = order
        self.flow = flow
        self.standing = standing
        self.reason = reason
        self.left = left
        self.openErrors = openErrors
    }
}
