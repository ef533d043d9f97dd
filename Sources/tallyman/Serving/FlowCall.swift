import Domain
import Endpoints
import Engine
import Foundation
import StateStore

/// One call of a flow, whoever makes it: serve, system cron or a person. Afterwards the books know what the call met, and the
/// alarms are looked at.
struct FlowCall {
    let assembly: Assembly
    let ledger: Ledger

    func run(
        _ name: String, cause: String, patience: Duration, file: LocalFile.Given? = nil,
        progress: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> FlowReport {
        try assembly.proveHome(ledger)
        var assembly = assembly
        assembly.probing = .onChange
        let runner = try assembly.runner(ledger)
        do {
            let report = try await assembly.withShop { shop in
                if try assembly.isOutbound(name) {
                    guard file == nil else {
                        throw Diagnostic("FILE-UNWANTED", "flow \(name) makes files and takes none", fix: "leave --file out")
                    }
                    return try await runner.run(try assembly.outboundFlow(name, shop, ledger), cause: cause, progress: progress)
                }
                let flow = try await assembly.flow(name, shop, ledger)
                guard let file else {
                    return try await runner.run(flow, cause: cause, patience: .upTo(patience), progress: progress)
                }
                return try await runner.run(
                    flow, file: file.spooled, name: file.name, modified: file.modified, cause: cause, progress: progress
                )
            }
            try runner.note(report.trouble ?? report.runs.compactMap(\.trouble).first, of: name, assembly.board)
            try runner.expire(Retention(assembly.settings.root["retention"]), people: assembly.personalScope())
            return report
        } catch let diagnostic as Diagnostic {
            // The ledger itself may be the trouble; the error that matters is the first.
            try? runner.note(diagnostic, of: name, assembly.board)
            throw diagnostic
        }
    }

    /// Looks at the alarms and hands over what there is to tell.
    func lookAtAlarms(telling delivery: any NoticeDelivery) async throws {
        // An erasure that a reader kept from the file is brought to its end.
        _ = try? ledger.scrub(.none)
        let desk = assembly.alarmDesk(ledger)
        try desk.look(assembly.watchPlan(ledger))
        try await desk.deliver(by: assembly.notices(ledger, shown: delivery))
    }
}

extension SlotResult {
    /// How a call ended, for the scheduler and the record.
    init(_ outcome: Result<FlowReport, any Error>) {
        switch outcome {
        case .success(let report):
            let runs = report.runs.map { "run \($0.run.id) \($0.run.state.rawValue)" }
            let waiting = report.waitingFiles.isEmpty ? [] : ["\(report.waitingFiles.count) files are not finished yet"]
            let note = (runs + waiting).joined(separator: ", ")
            let said = note.isEmpty ? "0 files" : note
            switch ExitStatus(report.runs, trouble: report.trouble) {
            case .done, .rejects, .held: self.init(report.waitingFiles.isEmpty ? .done : .later, said)
            case .tryLater: self.init(.later, said)
            case .failed, .usage:
                let trouble = report.trouble ?? report.runs.compactMap(\.trouble).first
                self.init(trouble?.kind == .unauthorised ? .refused : .failed, said)
            }
        case .failure(let diagnostic as Diagnostic):
            let said = "\(diagnostic.code): \(diagnostic.summary)"
            switch diagnostic.kind {
            case .transient, .throttled, .ambiguous: self.init(.later, said)
            case .unauthorised: self.init(.refused, said)
            case .permanent: self.init(.failed, said)
            }
        case .failure(is CancellationError): self.init(.stopped, "stopped in order")
        case .failure(let error): self.init(.failed, "\(error)")
        }
    }
}

extension Assembly {
    func alarmDesk(_ ledger: Ledger) -> AlarmDesk {
        let folder = settings.stateFolder
        return AlarmDesk(ledger: ledger, timeline: timeline) { DiskSpace.of(folder) }
    }
}

/// The disk that a folder is on.
enum DiskSpace {
    /// `nil` where the machine does not say.
    static func of(_ folder: String) -> AlarmInputs.Disk? {
        guard let values = try? FileManager.default.attributesOfFileSystem(forPath: folder),
            let free = values[.systemFreeSize] as? NSNumber, let size = values[.systemSize] as? NSNumber
        else { return nil }
        return AlarmInputs.Disk(free: free.int64Value, size: size.int64Value)
    }
}
