package import Domain

/// What one save of a product sends, and nothing else: what is `nil` or absent here is not in the request.
package struct ProductFields: Hashable, Sendable {
    package enum Status: Int, Sendable { case enabled = 1, disabled = 2 }

    package var name: String?
    package var weight: ExactDecimal?
    package var status: Status?
    /// Attribute code to value; of a list's attribute the option's id.
    package var attributes: [String: String]
    /// Only for a product that is to be made.
    package var creation: Creation?

    /// What a product needs to come into being.
    package struct Creation: Hashable, Sendable {
        package var attributeSet: Int
        package var type: String
        package var price: ExactDecimal

        package init(attributeSet: Int, type: String = "simple", price: ExactDecimal = 0) {
            self.attributeSet = attributeSet
            self.type = type
            self.price = price
        }
    }

    package init(
        name: String? = nil,
        weight: ExactDecimal? = nil,
        status: Status? = nil,
        attributes: [String: String] = [:],
        creation: Creation? = nil
    ) {
        self.name = name
        self.weight = weight
        self.status = status
        self.attributes = attributes
        self.creation = creation
    }

    package var isEmpty: Bool { self == ProductFields() }

    /// The attributes that were sent with a value and of which the shop's answer to the save has none: it dropped them. Empty where the
    /// answer tells of no attributes at all.
    package func dropped(by answer: JSON) -> [String] {
        guard let held = answer["custom_attributes"]?.elements else { return [] }
        let codes = Set(held.compactMap { $0["attribute_code"]?.text })
        return attributes.filter { !$0.value.isEmpty && !codes.contains($0.key) }.keys.sorted()
    }

    /// As the shop has them; attributes that are no texts are left out.
    init(_ json: JSON) {
        name = json["name"]?.text
        weight = json["weight"]?.decimal
        status = json["status"]?.whole.flatMap(Status.init)
        attributes = [:]
        creation = nil
        for attribute in json["custom_attributes"]?.elements ?? [] {
            guard let code = attribute["attribute_code"]?.text else { continue }
            switch attribute["value"] {
            case .string(let text), .number(let text): attributes[code] = text
            case nil, .null, .bool, .array, .object: break
            }
        }
    }

    /// The members of `product` behind its SKU.
    func write(into text: inout JSONText) {
        if let name {
            text.raw(",\"name\":")
            text.string(name)
        }
        if let weight {
            text.raw(",\"weight\":")
            text.number(weight.description)
        }
        if let status {
            text.raw(",\"status\":")
            text.number(String(status.rawValue))
        }
        if let creation {
            text.raw(",\"attribute_set_id\":")
            text.number(String(creation.attributeSet))
            text.raw(",\"type_id\":")
            text.string(creation.type)
            text.raw(",\"price\":")
            text.number(creation.price.description)
        }
        guard !attributes.isEmpty else { return }
        text.raw(",\"custom_attributes\":")
        text.list(attributes.sorted { $0.key < $1.key }) { text, attribute in
            text.raw("{\"attribute_code\":")
            text.string(attribute.key)
            text.raw(",\"value\":")
            text.string(attribute.value)
            text.raw("}")
        }
    }
}
