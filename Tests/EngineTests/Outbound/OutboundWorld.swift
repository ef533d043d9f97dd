import Domain
import Endpoints
import Formats
import Foundation
import StateStore
import Synchronization
import TestKit

@testable import Engine

/// One ledger for many histories, each a flow of its own; a boundary that each history sets anew.
final class OutboundWorld: Sendable {
    let folder: String
    let clock = ManualTimeline()
    let ledger: Ledger
    let profile: OutputProfile

    private final class Switch: Sendable {
        let cross = Mutex<@Sendable (String, Boundary.Moment) throws -> Void>({ _, _ in })
    }

    private let switcher: Switch

    init() throws {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = "\(base)/tallyman-outbound-\(UUID().uuidString)"
        for name in ["state/work", "profiles/test/orders"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        let output = """
            {"title": "numbers", "format": "rows", "header": false, "rows": [
              {"for": "start", "cells": [{"text": "F"}, {"value": "batch.sequence"}]},
              {"for": "document", "cells": [{"text": "H"}, {"value": "number", "required": true}, {"value": "resent"}]},
              {"for": "end", "cells": [{"text": "T"}, {"value": "batch.documents"}]}]}
            """
        try Data(output.utf8).write(to: URL(fileURLWithPath: "\(folder)/profiles/test/orders/output.json"))
        profile = try OutputProfile.load("test/orders", from: "\(folder)/profiles")
        let switcher = Switch()
        self.switcher = switcher
        ledger = try Ledger(
            path: "\(folder)/state/ledger.db", boundary: Boundary { name, moment in try switcher.cross.withLock { $0 }(name, moment) })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func set(boundary: @escaping @Sendable (String, Boundary.Moment) throws -> Void) { switcher.cross.withLock { $0 = boundary } }

    func flow(
        _ name: String, _ inbox: InboxEndpoint, _ source: any DocumentSource, batch: Int = 3, done: Bool = false, renames: Bool = true,
        acknowledgement: Acknowledgement? = nil, approval: Flow.Approval = .automatic
    ) throws -> OutboundFlow {
        guard let pattern = ConsignmentName("ORD_{batch}.csv"), let doneName = ConsignmentName("{name}.done") else { throw CancellationError() }
        return OutboundFlow(
            name: name,
            push: Push(
                endpoint: inbox, folder: "in", name: pattern, done: done ? doneName : nil, renames: renames, batch: batch,
                acknowledgement: acknowledgement),
            profile: profile, source: source, maker: NumberMaker(), timeZone: "Europe/London", approval: approval
        )
    }

    func runner() throws -> FlowRunner {
        FlowRunner(
            ledger: ledger, spool: try Spool(folder: "\(folder)/state/spool", timeline: clock.timeline), workFolder: "\(folder)/state/work",
            timeline: clock.timeline, holder: LeaseHolder(name: "test", isAlive: { _ in false })
        )
    }

    func desk() throws -> OperatorDesk {
        OperatorDesk(runner: try runner()) { _ in ContentHash(digest: [UInt8](repeating: 0, count: 32)) }
    }

    /// Every order number in every file that ever stood under a final name, by a reader of its own; with what is wrong about a file.
    static func numbers(in delivered: [(name: String, bytes: [UInt8])]) -> (numbers: [String], faults: [String]) {
        var numbers: [String] = []
        var faults: [String] = []
        for file in delivered where file.name.hasSuffix(".csv") {
            let rows = String(decoding: file.bytes, as: UTF8.self).components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
            let found = rows.filter { $0[0] == "H" }.map { $0[1] }
            numbers += found
            guard rows.count >= 3, rows[0][0] == "F", rows[rows.count - 2] == ["T", "\(found.count)"], rows[rows.count - 1] == [""] else {
                faults.append("\(file.name) is short: \(rows)")
                continue
            }
        }
        return (numbers, faults)
    }
}
