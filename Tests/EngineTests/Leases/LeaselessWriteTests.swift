import Foundation
import StateStore
import Testing

/// Who writes into the ledger without holding a flow's lease. A new one is a decision: it is entered here with its file.
struct LeaselessWriteTests {
    private static let known: [String: Set<LeaselessWrite>] = [
        "Console/Actions/AdoptActions.swift": [.operators],
        "Console/Actions/CareActions.swift": [.operators],
        "Console/Actions/ErrorActions.swift": [.operators],
        "Console/Actions/FlowActions.swift": [.operators],
        "Console/Actions/Replacements.swift": [.operators],
        "Console/Pages/UploadPage.swift": [.operators],
        "Console/Actions/Orders.swift": [.operators],
        "Console/Pages/InstructionPage.swift": [.operators],
        "Engine/Alarms/AlarmDesk.swift": [.alarms],
        "Engine/Operators/OperatorDesk+Discarding.swift": [.operators],
        "Engine/Operators/Backups.swift": [.signs],
        "Engine/Operators/OperatorDesk+Outbound.swift": [.operators],
        "Engine/Operators/OperatorDesk.swift": [.operators],
        "Engine/Operators/OperatorDesk+Deciding.swift": [.operators],
        "Engine/Operators/Retention.swift": [.retention],
        "Engine/Operators/ProvenTime.swift": [.retention],
        "Engine/Privacy/Eraser.swift": [.erasure],
        "Engine/Reconciling/OrderReconciler.swift": [.comparisons],
        "Engine/Serving/FlowRunner+Attempts.swift": [.signs],
        "Engine/Serving/GuestWatch.swift": [.signs],
        "Engine/Serving/Service.swift": [.signs],
        "Engine/Serving/SignalBoard.swift": [.signs],
        "Reports/Mail/Mailroom.swift": [.mail],
        "Reports/Outcome/OutcomeDesk.swift": [.reports],
        "Reports/Period/PeriodDesk.swift": [.reports],
        "StateStore/Leases/LeaseKeeper.swift": [.takingLeases],
        "StateStore/Leases/Ledger+Leases.swift": [.takingLeases],
        "tallyman/Assembly/Assembly+Endpoints.swift": [.signs],
        "tallyman/Assembly/Assembly+Outbound.swift": [.beginnings],
        "tallyman/Assembly/Home.swift": [.home],
        "tallyman/Assembly/PinMemory.swift": [.beginnings],
        "tallyman/Commands/ConfirmCommand.swift": [.operators],
        "tallyman/Commands/HostKey/HostKeyCommand.swift": [.operators],
        "tallyman/Commands/LedgerReplacement.swift": [.operators],
        "tallyman/Commands/MailCommand.swift": [.mail],
        "tallyman/Commands/PauseCommand.swift": [.operators],
        "tallyman/Commands/WatchCommand.swift": [.operators],
        "tallyman/Serving/MailedNotices.swift": [.mail],
        "tallyman/Serving/ReconcileCall.swift": [.comparisons],
        "tallyman/Serving/ServiceRuntime.swift": [.signs],
    ]

    @Test func `H1 every write without a lease is on the list, with the file it stands in`() throws {
        let folder = "\(World.projectFolder)/Sources"
        let names = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
        var found: [String: Set<LeaselessWrite>] = [:]
        var unnamed: [String] = []
        for name in names {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for match in text.matches(of: #/write\(\.(\w+)\)/#) {
                if let exception = LeaselessWrite(rawValue: String(match.1)) {
                    found[name, default: []].insert(exception)
                } else {
                    unnamed.append("\(name): \(match.0)")
                }
            }
        }

        #expect(unnamed == [])
        #expect(found == Self.known)
        #expect(Set(Self.known.values.flatMap { $0 }) == Set(LeaselessWrite.allCases), "an exception that nobody uses")
    }

    @Test func `H1 within the pipeline, from intake to placement, nothing is written without the flow's lease`() throws {
        let pipeline = ["Engine/Intake/", "Engine/Planning/", "Engine/Applying/", "Engine/Outbound/"]
        #expect(Self.known.keys.allSatisfy { file in pipeline.allSatisfy { !file.hasPrefix($0) } })
    }
}
