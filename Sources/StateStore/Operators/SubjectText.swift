import Domain
import Foundation

/// What an order is about, as a column.
enum SubjectText {
    private struct Form: Codable {
        var run: Int64?
        var entities: [String]?
        var errors: [Int64]?
        var entity: String?
        var flow: String?
        var code: String?
        var field: String?
        var through: Int64?
        /// In hexadecimal digits: a key is bytes.
        var documents: [String]?
        var key: String?
        var despiteMaintenance: Bool?
        var delivery: Int64?
    }

    static func encode(_ subject: Instruction.Subject) throws -> String {
        var form = Form()
        switch subject {
        case .run(let id): form.run = id
        case .errors(let ids): form.errors = ids
        case .cause(let key, let through):
            form = Form(entity: key.entity, flow: key.flow, code: key.code, field: key.field, through: through)
        case .undo(let id, let entities): form = Form(run: id, entities: entities)
        case .documents(let keys): form.documents = keys.map { Hex.string($0.bytes) }
        case .value(let entity, let key): form = Form(entity: entity, key: Hex.string(key.bytes))
        case .flow(let despiteMaintenance): form.despiteMaintenance = despiteMaintenance
        case .delivery(let id): form.delivery = id
        }
        return String(decoding: try JSONEncoder().encode(form), as: UTF8.self)
    }

    static func decode(_ text: String) -> Instruction.Subject? {
        guard let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8)) else { return nil }
        if let run = form.run { return form.entities.map { .undo(run, entities: $0) } ?? .run(run) }
        if let errors = form.errors { return .errors(errors) }
        if let documents = form.documents { return .documents(documents.compactMap { Hex.bytes($0).map { RecordKey($0) } }) }
        if let delivery = form.delivery { return .delivery(delivery) }
        if let despiteMaintenance = form.despiteMaintenance { return .flow(despiteMaintenance: despiteMaintenance) }
        if let entity = form.entity, let key = form.key.flatMap({ Hex.bytes($0) }) { return .value(entity: entity, RecordKey(key)) }
        guard let flow = form.flow, let entity = form.entity, let code = form.code, let through = form.through else { return nil }
        return .cause(ErrorCause.Key(flow: flow, entity: entity, code: code, field: form.field), through: through)
    }
}
