import Domain
import Endpoints
import Formats
import StateStore

/// Files that came as one set.
extension FlowRunner {
    /// Reads a file to its end as its plan will.
    static func prove(_ spooled: SpooledFile, _ file: RemoteFile, of flow: Flow) throws -> SetProof {
        let name = Escaped(file.name).description
        let context = ReadContext(fileName: name, modified: file.modified, timeZone: flow.timeZone)
        var records: Int?
        var moment = try flow.profile.eventTime(
            fileName: String(decoding: file.name, as: UTF8.self), modified: file.modified, timeZone: flow.timeZone)
        for entity in flow.entities {
            var batch = RecordBatch(fieldCount: entity.definition.fields.count)
            var source: any RecordSource
            do {
                source = try flow.profile.makeReader(FileByteSource(path: spooled.path), fields: entity.definition.fields, context: context)
            } catch let fault as Diagnostic where fault.code == "FILE-EMPTY" && flow.emptyFile == .nothing {
                records = 0
                continue
            }
            while try source.next(into: &batch) {
                try Task.checkCancellation()
                batch.removeAll()
            }
            if let finding = flow.profile.findings(source.proof).first { throw finding }
            records = source.proof.records
            moment = moment ?? source.proof.eventTime
        }
        return SetProof(records: records, moment: moment ?? file.modified)
    }

    /// Where a limit would hold one file of a set, all of them wait for the decision: nothing of the set is applied before it.
    func withApproval(of flow: Flow, for taken: [IntakeStage.ClaimedFile], _ lease: LeaseKeeper) async throws -> [Int64: Flow] {
        var sets: [Int64: [IntakeStage.ClaimedFile]] = [:]
        for one in taken {
            guard let set = try ledger.read({ try $0.manifest(ofDrop: one.drop.id) }) else { continue }
            sets[set, default: []].append(one)
        }
        var held: [Int64: Flow] = [:]
        for (_, files) in sets.sorted(by: { $0.key < $1.key }) where files.count > 1 && flow.approval == .automatic {
            var isHeld = false
            for file in files where !isHeld && !file.isSuspect {
                let path = try await provenPath(of: file.delivery, flow)
                let spooled = SpooledFile(hash: file.delivery.hash, size: file.delivery.size, path: path)
                let moment = try ledger.read { try $0.setMoment(ofDelivery: file.delivery.id, flow: flow.name) }
                let report = try await preview(
                    flow, file: spooled, name: file.delivery.name, modified: moment ?? file.delivery.modified, claim: file.delivery.claim, lease,
                    progress: { _ in })
                isHeld = report.plans.contains { !$0.findings.isEmpty }
            }
            guard isHeld else { continue }
            var careful = flow
            careful.approval = .always
            for file in files { held[file.delivery.id] = careful }
        }
        return held
    }

    /// Manifests whose sets are done follow their files. One that names files which are still in the folder, such as those of another flow,
    /// is left to whoever takes the last of them.
    func settleSets(_ flow: Flow, _ lease: LeaseKeeper) async throws -> Diagnostic? {
        let manifests = try ledger.read { try $0.settledSets(flow: flow.name) }
        guard let rule = flow.pull.selection.manifest, !manifests.isEmpty else {
            for manifest in manifests { try ledger.write(as: lease) { try $0.set(drop: manifest.id, to: .done) } }
            return nil
        }
        let pull = flow.pull
        for manifest in manifests {
            var end = FileDrop.State.done
            if pull.after != .leave, let control = manifest.control {
                do {
                    let isGone = try await pull.endpoint.guarded(by: lease).withSession { session in
                        try Self.settle(manifest, control, rule, pull, session)
                    }
                    if isGone { end = .removed }
                } catch let refusal as Diagnostic {
                    // Remembered, and tried again by the next call.
                    return refusal
                }
            }
            let state = end
            try ledger.write(as: lease) { try $0.set(drop: manifest.id, to: state) }
        }
        return nil
    }

    private static func settle(
        _ drop: FileDrop, _ control: ControlInstance, _ rule: ManifestRule, _ pull: Pull, _ session: any EndpointSession
    ) throws -> Bool {
        let path = RemotePath(folder: drop.folder, name: drop.file.name)
        if let found = try session.stat(path), control.isInstance(found),
            let content = try session.content(of: path, limit: Manifest.limit),
            let manifest = try? Manifest(content, name: drop.file.name, rule: rule)
        {
            for entry in manifest.entries {
                guard try session.stat(RemotePath(folder: drop.folder, name: entry.name)) == nil else { return false }
            }
        }
        _ = try pull.after.perform(on: path, file: drop.file, hash: control.hash, certainty: .doubtful, session: session)
        return true
    }
}
