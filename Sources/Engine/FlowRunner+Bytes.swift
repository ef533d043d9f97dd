import Domain
import Endpoints
import StateStore

extension FlowRunner {
    /// Where the delivery's bytes are, compared with their hash. What the disk has damaged or lost is fetched again from where the sender's
    /// file still is: under its name, where we hold it, or in the archive.
    /// - Throws: `SPOOL-GONE` and `SPOOL-DAMAGED` where it is nowhere; what the endpoint throws.
    func provenPath(of delivery: Delivery, _ flow: Flow) async throws -> String {
        do {
            return try spool.provenPath(of: delivery.hash)
        } catch let damage as Diagnostic where damage.code.hasPrefix("SPOOL-") {
            guard delivery.origin == .endpoint, try await fetchAgain(delivery, flow) else { throw damage }
            return try spool.provenPath(of: delivery.hash)
        }
    }

    /// Has `plan` read the delivery's bytes, which proves them as it reads. What turns out to be damaged is fetched again and read anew.
    /// - Throws: `SPOOL-GONE` and `SPOOL-DAMAGED` where it is nowhere; what `plan` and the endpoint throw.
    func reading<Result>(
        _ delivery: Delivery, of flow: Flow, _ lease: LeaseKeeper, _ run: Run, _ plan: (_ path: String) async throws -> Result
    ) async throws -> Result {
        if spool.size(of: delivery.hash) != nil {
            do { return try await plan(spool.path(of: delivery.hash)) } catch let damage as Diagnostic where damage.blame == .copy {
                try ledger.write(as: lease) { try $0.clearDraft(run: run.id) }
            }
        }
        return try await plan(try await provenPath(of: delivery, flow))
    }

    private func fetchAgain(_ delivery: Delivery, _ flow: Flow) async throws -> Bool {
        guard let drop = try ledger.read({ try $0.drop(ofDelivery: delivery.id, flow: flow.name) }) else { return false }
        let (pull, spool) = (flow.pull, spool)
        let places = Self.places(of: drop, delivery.hash, pull)
        let found = try await pull.endpoint.withSession { session -> ContentHash? in
            for place in places {
                // Where the server says no size, the hash alone tells.
                guard let file = try? session.stat(place), file.kind == .regular, file.gaps.contains(.size) || file.size == delivery.size,
                    let fetched = try? spool.receive(file, at: place, limit: pull.maximumSize, session: session)
                else { continue }
                if fetched.hash == delivery.hash { return fetched.hash }
                // Somebody else's file: it is read when its turn comes.
                if try ledger.read({ try $0.deliveries(hash: fetched.hash) }).isEmpty { try spool.remove(fetched.hash) }
            }
            return nil
        }
        return found != nil
    }

    private static func places(of drop: FileDrop, _ hash: ContentHash, _ pull: Pull) -> [RemotePath] {
        var places = [RemotePath(folder: drop.folder, name: drop.aside ?? drop.file.name)]
        if let name = SetAsideName.name(for: drop.file.name, of: drop.file, hash: hash) {
            places.append(RemotePath(folder: drop.folder, name: name))
        }
        if case .move(let folder, let naming) = pull.after {
            places.append(RemotePath(folder: folder, name: naming.name(for: drop.file, hash: hash)))
        }
        return places
    }

    /// A run whose bytes are nowhere any more is over: waiting would bring them back no more, and would hold up what comes after. Once a
    /// newer full file was applied there is nothing left that it could change; otherwise it is set aside, and the sender is asked for it again.
    func giveUpBytes(_ run: Run, _ damage: Diagnostic, of flow: Flow, _ lease: LeaseKeeper) throws -> RunReport {
        let newest = try ledger.read { reader in
            try flow.entities.map { try reader.appliedSnapshot(flow: flow.name, entity: $0.definition.name)?.run ?? 0 }.min() ?? 0
        }
        guard flow.order == .full, run.cause != "retry", newest > run.id else { return try fail(run, damage, of: flow, lease) }
        try ledger.write(as: lease) { writer in
            try writer.clearDraft(run: run.id)
            let text = "its file was lost (\(damage.code)); run \(newest), a newer file, was applied"
            try writer.set(run: run.id, to: .discarded, verdict: text, at: timeline.now())
        }
        return try report(on: run.id)
    }
}
