/// The refusals of the routes, word for word as recorded from 2.4.7.
extension ShopError {
    // Routing
    static let noRoute = ShopError(404, "Request does not match any route.")
    static let cannotBeProcessed = ShopError(400, "Specified request cannot be processed.")
    static func methodNotSupported(_ method: String) -> ShopError {
        ShopError(405, "The \(method) HTTP method is not supported.")
    }

    // Input
    static let decoding = ShopError(400, "Decoding error.")
    static let contentTypeEmpty = ShopError(400, "Content-Type header is empty.")
    static func contentTypeUnknown(_ type: String) -> ShopError {
        ShopError(400, "Server cannot understand Content-Type HTTP header media type \(type)")
    }
    static func required(_ field: String) -> ShopError {
        ShopError(400, "\"%fieldName\" is required. Enter and try again.", ["fieldName": .string(field)])
    }
    static func unsupported(_ field: String) -> ShopError {
        ShopError(
            400, "\"%fieldName\" is not supported. Correct the field name and try again.", ["fieldName": .string(field)])
    }
    static func type(_ field: String, value: String, expected: String) -> ShopError {
        ShopError(
            400,
            "Error occurred during \"\(field)\" processing. The \"\(value)\" value's type is invalid. "
                + "The \"\(expected)\" type was expected. Verify and try again."
        )
    }
    static let listExpected = ShopError(
        400, "The \"string\" value's type is invalid. The \"string[]\" type was expected. Verify and try again.")
    static func tooManyItems(type: String, maximum: Int) -> ShopError {
        ShopError(400, "Maximum items of type \"%type\" is %max", ["type": .string(type), "max": JSONValue(maximum)])
    }
    static func pageTooLarge(maximum: Int) -> ShopError {
        ShopError(400, "Maximum SearchCriteria pageSize is %max", ["max": JSONValue(maximum)])
    }
    static let sortDirection = ShopError(
        400, "The sort order has to be specified as %1 for ascending order or %2 for descending order.", ["ASC", "DESC"])
    static func invalidAttribute(_ field: String) -> ShopError {
        ShopError(400, "Invalid attribute identifier for filter (\(field))")
    }

    // Access
    static func notAuthorised(_ resource: String) -> ShopError {
        ShopError(401, "The consumer isn't authorized to access %resources.", ["resources": .string(resource)])
    }
    static let signature = ShopError(401, "The signature is invalid. Verify and try again.")
    static let unknownToken = ShopError(401, "Specified token does not exist")
    static let unknownConsumer = ShopError(401, "A consumer having the specified key does not exist")
    static let tokenLength = ShopError(400, "The token length is invalid. Check the length and try again.")
    static let nonceInvalid = ShopError(401, "An error occurred validating the nonce")
    static func nonceUsed(consumer: Int) -> ShopError {
        ShopError(401, "The nonce is already being used by the consumer with ID %1", [.string(String(consumer))])
    }
    static func signatureMethod(_ method: String) -> ShopError {
        ShopError(400, "Signature method %1 is not supported", [.string(method)])
    }
    static func missingOAuthParameters(_ names: [String]) -> ShopError {
        ShopError(400, "One or more input exceptions have occurred.", details: names.map { required($0).phrase })
    }
    static let signIn = ShopError(
        401,
        "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later."
    )
    static let secondFactor = ShopError(
        400, "Please use the 2fa provider-specific endpoints to obtain a token.")

    // Entities
    static let unknownProduct = ShopError(
        404, "The product that was requested doesn't exist. Verify the product and try again.")
    static func invalidProduct(_ reason: String) -> ShopError {
        ShopError(400, "Invalid product data: %1", [.string(reason)])
    }
    static func unknownAttribute(_ code: String) -> ShopError {
        ShopError(
            404, "The attribute with a \"%1\" attributeCode doesn't exist. Verify the attribute and try again.", [.string(code)])
    }
    static func noSuchEntity(id: Int) -> ShopError {
        ShopError(
            404, "No such entity with %fieldName = %fieldValue", ["fieldName": "id", "fieldValue": JSONValue(id)])
    }
    static let pricesNotSaved = ShopError(400, "Could not save Prices.")
    static let sourceItemNotSaved = ShopError(400, "Could not save Source Item")
    static let noLinkedStock = ShopError(404, "No linked stock found")
    static let inputEmpty = ShopError(400, "Input data is empty")
    static let stockItemUnreadable = ShopError(400, "Could not receive Stock Item data")
    static let groupExists = ShopError(400, "Customer Group already exists.")
    static let defaultStockLink = ShopError(400, "Can not save link related to Default Source or Default Stock")
    static func validation(_ details: [Phrase], first text: String) -> ShopError {
        ShopError(400, "Validation Failed: \(text)", details: details)
    }
    static func `internal`(report: String) -> ShopError {
        ShopError(500, "Internal Error. Details are available in Magento log file. Report ID: webapi-\(report)")
    }
}
