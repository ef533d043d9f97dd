/// As much of GraphQL as a price probe speaks: one anonymous or named operation, nested fields with aliases, arguments with
/// literals and variables. No fragments, no directives.
struct GraphQLQuery: Sendable {
    struct Malformed: Error {}

    struct Field: Sendable {
        var name: String
        var alias: String
        var arguments: [String: JSONValue]
        var fields: [Field]

        /// What of `value` the selection asks for; lists are selected from one by one.
        func select(from value: JSONValue) -> JSONValue {
            guard !fields.isEmpty else { return value }
            switch value {
            case .array(let elements): return .array(elements.map(select))
            case .object: return .object(fields.map { .init($0.alias, $0.select(from: value[$0.name] ?? .null)) })
            case .null, .bool, .number, .string: return value
            }
        }
    }

    enum Operation: String { case query, mutation }

    let operation: Operation
    let fields: [Field]

    static func parse(_ text: String, variables: JSONValue) throws(Malformed) -> GraphQLQuery {
        var parser = Parser(tokens: tokens(text)[...], variables: variables)
        let operation = parser.peek.flatMap(Operation.init)
        if operation != nil {
            _ = parser.next()
            if parser.peek != "{", parser.peek != "(" { _ = parser.next() }
            if parser.peek == "(" { parser.skipParentheses() }
        }
        let query = GraphQLQuery(operation: operation ?? .query, fields: try parser.selection())
        guard parser.tokens.isEmpty else { throw Malformed() }
        return query
    }

    private init(operation: Operation, fields: [Field]) {
        self.operation = operation
        self.fields = fields
    }

    /// Punctuation, words and quoted texts (with their opening quote kept).
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        var isQuoted = false
        var isEscaped = false
        func isPlain(_ character: Character) -> Bool { !" \t\r\n,{}()[]:".contains(character) }
        for character in text {
            if isQuoted {
                if isEscaped {
                    isEscaped = false; word.append(character)
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isQuoted = false; tokens.append(word); word = ""
                } else {
                    word.append(character)
                }
            } else if character == "\"" {
                isQuoted = true
                word = "\""
            } else if isPlain(character) {
                word.append(character)
            } else {
                if !word.isEmpty { tokens.append(word) }
                word = ""
                if "{}()[]:".contains(character) { tokens.append(String(character)) }
            }
        }
        if !word.isEmpty { tokens.append(word) }
        return tokens
    }

    private struct Parser {
        var tokens: ArraySlice<String>
        let variables: JSONValue
        var depth = 0

        var peek: String? { tokens.first }
        mutating func next() -> String? { tokens.popFirst() }

        mutating func take(_ token: String) -> Bool {
            guard tokens.first == token else { return false }
            tokens.removeFirst()
            return true
        }

        mutating func skipParentheses() {
            var open = 0
            while let token = next() {
                if token == "(" { open += 1 }
                if token == ")" { open -= 1 }
                if open == 0 { return }
            }
        }

        mutating func selection() throws(Malformed) -> [Field] {
            depth += 1
            defer { depth -= 1 }
            guard depth < 32, take("{") else { throw Malformed() }
            var fields: [Field] = []
            while !take("}") { fields.append(try field()) }
            return fields
        }

        private mutating func field() throws(Malformed) -> Field {
            guard let first = next() else { throw Malformed() }
            var name = first
            if take(":") {
                guard let second = next() else { throw Malformed() }
                name = second
            }
            var arguments: [String: JSONValue] = [:]
            if take("(") {
                while !take(")") {
                    guard let argument = next(), take(":") else { throw Malformed() }
                    arguments[argument] = try value()
                }
            }
            let fields = peek == "{" ? try selection() : []
            return Field(name: name, alias: first, arguments: arguments, fields: fields)
        }

        private mutating func value() throws(Malformed) -> JSONValue {
            guard let token = next() else { throw Malformed() }
            depth += 1
            defer { depth -= 1 }
            guard depth < 32 else { throw Malformed() }
            switch token {
            case "{":
                var members: [JSONValue.Member] = []
                while !take("}") {
                    guard let name = next(), take(":") else { throw Malformed() }
                    members.append(.init(name, try value()))
                }
                return .object(members)
            case "[":
                var elements: [JSONValue] = []
                while !take("]") { elements.append(try value()) }
                return .array(elements)
            case "true": return true
            case "false": return false
            case "null": return .null
            default:
                if token.hasPrefix("$") { return variables[String(token.dropFirst())] ?? .null }
                if token.hasPrefix("\"") { return .string(String(token.dropFirst())) }
                return Int(token) == nil ? .string(token) : .number(token)
            }
        }
    }
}
