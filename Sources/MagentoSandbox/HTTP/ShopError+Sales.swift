/// The refusals of orders and customers, word for word as recorded from 2.4.7.
extension ShopError {
    static let unknownEntity = ShopError(404, "The entity that was requested doesn't exist. Verify the entity and try again.")
    static func pathType(_ value: String) -> ShopError {
        ShopError(400, "The \"\(value)\" value's type is invalid. The \"int\" type was expected. Verify and try again.")
    }
    static func document(_ kind: String, _ problems: [String]) -> ShopError {
        ShopError(400, "\(kind) Document Validation Error(s):\n" + problems.joined(separator: "\n"))
    }
    static let shipmentNotSaved = ShopError(400, "Could not save a shipment, see error log for details")
    static let trackNotSaved = ShopError(400, "Could not save the shipment tracking.")
    static func refundQuantity(_ name: String) -> ShopError {
        ShopError(400, "We found an invalid quantity to refund item \"%1\".", [.string(name)])
    }
    static let noPayment = ShopError(400, "Please provide payment for the order.")

    static let unknownGroup = ShopError(400, "The specified customer group id does not exist.")
    static let emailTaken = ShopError(400, "A customer with the same email address already exists in an associated website.")
    static let emailInvalid = ShopError(400, "\"Email\" is not a valid email address.")
    static func requiredValue(_ label: String) -> ShopError { ShopError(400, "\"\(label)\" is a required value.") }
    static func noSuchCustomer(_ id: Int) -> ShopError {
        ShopError(
            404, "No such entity with %fieldName = %fieldValue", ["fieldName": "customerId", "fieldValue": JSONValue(id)])
    }
    static func unknownBulk(_ id: String) -> ShopError {
        ShopError(404, "Bulk uuid %bulkUuid not exist", ["bulkUuid": .string(id)])
    }

    /// Whether the input processor refused the call before any service saw it.
    var isInputError: Bool {
        status == 400
            && (phrase.message.hasPrefix("Error occurred during") || phrase.message.hasPrefix("\"%fieldName\" is")
                || phrase.message.hasPrefix("Maximum items of type"))
    }
}
