/// Fields of forms and queries, as browsers encode them.
package enum FormReader {
    /// A page's form has a few dozen fields; a row of a file may have some hundreds of cells.
    static let maximumFields = 2000

    package static func pairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").prefix(maximumFields).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    package static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(number)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A form that was sent.
struct Form {
    let fields: [(name: String, value: String)]
    /// The file that it brought.
    var upload: MultipartReader.File?

    init(_ request: ConsoleRequest) {
        if let boundary = request.boundary {
            let parts = MultipartReader(request, boundary: boundary)
            fields = parts?.fields ?? []
            upload = parts?.file
            return
        }
        let isForm = request.headers["content-type"]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
        fields = isForm ? FormReader.pairs(String(decoding: request.body, as: UTF8.self)) : []
    }

    /// As it was typed.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Without blanks around it; nothing is nothing.
    func text(_ name: String) -> String? {
        guard let text = self[name]?.trimmed, !text.isEmpty else { return nil }
        return text
    }
}
