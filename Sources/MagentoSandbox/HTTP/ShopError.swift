/// A refusal with Magento's body: the phrase with its placeholders left in, and the parameters beside it.
package struct ShopError: Error, Hashable, Sendable {
    package struct Phrase: Hashable, Sendable {
        var message: String
        var parameters: JSONValue?
    }

    var status: Int
    var phrase: Phrase
    var details: [Phrase]
    /// Set where not the API answers but a page of the web server or of a crashing PHP.
    var page: ShopAnswer?

    init(page: ShopAnswer) {
        self.init(page.status, "")
        self.page = page
    }

    init(_ status: Int, _ message: String, _ parameters: JSONValue? = nil, details: [Phrase] = []) {
        self.status = status
        phrase = Phrase(message: message, parameters: parameters)
        self.details = details
    }

    package var answer: ShopAnswer { page ?? ShopAnswer(status: status, json: body) }

    private var body: JSONValue {
        var members = Self.members(of: phrase)
        if !details.isEmpty { members.append(.init("errors", .array(details.map { .object(Self.members(of: $0)) }))) }
        return .object(members)
    }

    private static func members(of phrase: Phrase) -> [JSONValue.Member] {
        [.init("message", .string(phrase.message))] + (phrase.parameters.map { [.init("parameters", $0)] } ?? [])
    }
}
