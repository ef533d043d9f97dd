import Domain
import StateStore

/// What a browser saves as a file.
enum Downloads {
    /// So many rows at most; whoever needs more has the program.
    static let most = 50_000
    private static let page = 5000

    /// Saved, never shown: whatever the bytes are, no browser takes them for a page of ours.
    static func response(_ bytes: [UInt8], type: String, named name: [UInt8]) -> ConsoleResponse {
        let plain = String(
            decoding: name.map { byte -> UInt8 in
                let isPlain = byte > 0x20 && byte < 0x7F && !"\"\\/%;".utf8.contains(byte)
                return isPlain ? byte : UInt8(ascii: "_")
            }, as: UTF8.self)
        let encoded = FormReader.encoded(String(decoding: name, as: UTF8.self))
        return ConsoleResponse(
            status: 200,
            headers: [
                ("Content-Type", type), ("Content-Disposition", "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"),
                ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ], body: bytes)
    }

    /// The records of a cause that wait, one a row.
    static func errors(_ visit: Visit) throws -> ConsoleResponse {
        guard let cause = Cause.chosen(visit.request) else { throw Visit.notFound }
        let masking = try masking(visit, cause.entity, "errors of \(cause.flow), \(cause.code)")
        var csv = CSVText(["error", "run", "file", "line", "record", "key", "code", "column", "value", "reason", "fix", "rejected", "corrected"])
        var last: Int64 = 0
        var count = 0
        var runs: [Int64: (file: String, started: String)] = [:]
        while count < most {
            let rows = try visit.read { reader in
                try reader.openErrors(of: cause, after: last, limit: page).map { error in
                    if runs[error.run] == nil {
                        let run = try reader.run(error.run)
                        runs[error.run] = (
                            try run?.delivery.flatMap { try reader.delivery($0) }?.displayName ?? "", run.map { "\($0.started)" } ?? ""
                        )
                    }
                    return error
                }
            }
            guard let end = rows.last else { break }
            last = end.id
            count += rows.count
            for error in rows {
                let reason = error.verdict.reason
                csv.add([
                    "\(error.id)", "\(error.run)", runs[error.run]?.file ?? "", "\(error.verdict.origin.line)", "\(error.verdict.origin.number)",
                    masking.text(error.entity, error.verdict.key?.description), reason?.code ?? "", reason?.column ?? "",
                    masking.text(error.entity, reason?.value), masking.reason(of: error.entity, reason), reason?.fix ?? "",
                    runs[error.run]?.started ?? "", error.edited == nil ? "no" : "yes",
                ])
            }
        }
        return csv.response(named: "\(cause.flow)-\(cause.code).csv")
    }

    /// What a run changes, or would change.
    static func changes(_ visit: Visit) throws -> ConsoleResponse {
        let id = try visit.number("id")
        let shop = try visit.shop
        guard let run = try visit.read({ try $0.run(id) }) else { throw Visit.notFound }
        let entities = try visit.read { try $0.plans(run: id).map(\.entity) }
        let personal = entities.first(where: shop.isPersonal)
        let masking = try personal.map { try self.masking(visit, $0, "changes of run \(id)") } ?? Masking(visit)
        var csv = CSVText(["key", "entity", "before", "after", "outcome", "proof"])
        var last: Int64 = 0
        var count = 0
        while count < most {
            let rows = try visit.read { try $0.changes(run: id, after: last, limit: page) }
            guard let end = rows.last else { break }
            last = end.change.id
            count += rows.count
            for planned in rows {
                let before = planned.change.before.map { shop.describe($0, entity: planned.entity) } ?? ""
                csv.add([
                    masking.text(planned.entity, planned.change.key.description), planned.entity, masking.text(planned.entity, before),
                    masking.text(planned.entity, shop.describe(planned.change.after, entity: planned.entity)), planned.outcome.rawValue,
                    masking.text(planned.entity, planned.proof),
                ])
            }
        }
        return csv.response(named: "run-\(id)-\(run.flow).csv")
    }

    /// Who took a list of people with them is written down.
    private static func masking(_ visit: Visit, _ entity: String, _ what: String) throws -> Masking {
        if try visit.seesPeople && visit.shop.isPersonal(entity) { try visit.app.note(visit, "downloaded persons' records", what) }
        return Masking(visit)
    }
}
