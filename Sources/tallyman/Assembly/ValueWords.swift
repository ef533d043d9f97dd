import Domain
import Engine
import Entities

/// Encoded values in words, whichever entity they are of. Made once for a page of them: it holds what their flows' profiles say.
struct ValueWords {
    private let definitions: [String: any EntityDefinition]

    init(_ assembly: Assembly) throws {
        definitions = Dictionary(uniqueKeysWithValues: try assembly.definitions().map { ($0.name, $0) })
    }

    var all: [any EntityDefinition] { Array(definitions.values) }
    subscript(_ entity: String) -> (any EntityDefinition)? { definitions[entity] }

    func describe(_ value: EncodedValue, entity: String) -> String {
        if [OrderMaker.name, CustomerMaker.name, OrderCancellationMaker.name].contains(entity) { return OutboundExplanation.words(value) }
        return definitions[entity]?.describe(value) ?? "(\(entity) is fed by no flow any more)"
    }
}
