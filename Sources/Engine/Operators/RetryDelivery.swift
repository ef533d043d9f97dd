import Domain
import Endpoints
import Formats
import StateStore

/// A delivery made of rejected records: the head of the file they came from, then their bytes, edited where someone did.
///
/// It keeps the event time of the original, so that a retry never puts an older figure over a newer one.
struct RetryDelivery {
    let runner: FlowRunner
    let flow: Flow
    let lease: LeaseKeeper

    /// The records as a file in the spool, under the name and with the event time of the one they came from.
    struct Made {
        var spooled: SpooledFile
        var name: [UInt8]
        var version: UTCInstant
    }

    func make(of errors: [QueuedError], run id: Int64) throws -> Delivery {
        let made = try file(of: errors, run: id)
        return try runner.ledger.write(as: lease) { writer in
            try writer.addDelivery(
                flow: flow.name, hash: made.spooled.hash, size: made.spooled.size, folder: "", name: made.name,
                modified: made.version, received: runner.timeline.now(), origin: .retry
            )
        }
    }

    func file(of errors: [QueuedError], run id: Int64) throws -> Made {
        let (original, plan) = try runner.ledger.read { reader in
            (try reader.run(id)?.delivery.flatMap { try reader.delivery($0) }, try reader.plans(run: id).first)
        }
        guard let original, let plan else {
            throw Diagnostic(
                "ERROR-NO-FILE", "the file behind this record is no longer known",
                fix: "dismiss the record and let the ERP write the file again"
            )
        }
        let records = errors.map { $0.edited ?? $0.verdict.original ?? [] }
        let head = try Self.head(of: original, in: runner.spool, flow.profile, timeZone: flow.timeZone)
        let spooled = try runner.spool.hold(try flow.profile.rejoined(head: head, records: records))
        return Made(spooled: spooled, name: original.name, version: plan.version)
    }

    /// Everything before the first record: byte-order mark, preamble and header.
    static func head(of delivery: Delivery, in spool: Spool, _ profile: Profile, timeZone: String) throws -> [UInt8] {
        let path = try spool.provenPath(of: delivery.hash)
        var context = ReadContext(fileName: delivery.displayName, modified: delivery.modified, timeZone: timeZone)
        context.headerTellsCount = delivery.origin == .retry
        let head = try profile.head(of: FileByteSource(path: path), fields: profile.entityFields, context: context)
        return profile.stating(head, in: try DeliveryBytes(path: path).bytes(at: 0, count: head.length))
    }
}
