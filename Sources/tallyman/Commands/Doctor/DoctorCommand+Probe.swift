import Domain
import Endpoints
import Engine
import StateStore

/// What `doctor` finds out by trying, in the folder that the settings name for it.
extension DoctorCommand {
    /// - Parameter silence: how long a connection is left without a word.
    func probeLines(_ name: String, _ assembly: Assembly, silence: Duration?) async -> [Line] {
        let check = "probe \(name)"
        do {
            guard let probe = try await assembly.probe(name, try assembly.ledger(), silence: silence) else {
                return [Line(check, .skipped, "another process is probing it now; `tallyman status` shows what it finds")]
            }
            let found = probe.findings
            // Nothing is wrong without a folder to try things in, so that there is nothing to do about it either.
            let known = found.lines.filter { probe.folder != nil || !["unknown", "not said"].contains($0.value) }.map { "\($0.name): \($0.value)" }
            let rest = probe.folder == nil ? ["the rest is not known without a probe_folder of endpoint \(name)"] : []
            var lines = [Line(check, .good, (known + rest).joined(separator: "; "))]
            let notes = probe.folder == nil ? [] : found.notes
            if !notes.isEmpty {
                lines.append(
                    Line(
                        "\(check) notes", .warning, notes.map { Escaped($0, limit: 300).description }.joined(separator: "; "),
                        fix: "see docs/operations.md, Probes"))
            }
            lines += renameLines(name, found, assembly) + folderLines(name, probe, assembly)
            lines += keepAliveLines(name, found, assembly)
            if let ahead = found.clockAhead, abs(ahead) > 60_000 {
                lines.append(
                    Line(
                        "\(check) clock", .warning, "the server's clock is \(abs(ahead) / 1000) s \(ahead > 0 ? "ahead of" : "behind") ours",
                        fix: "ask its owner to set it; files are not judged by it, but people are misled by its times"))
            }
            return lines
        } catch {
            return [Line(check, error)]
        }
    }

    /// A sign of life that comes after the cut is none.
    private func keepAliveLines(_ name: String, _ found: ServerProbe.Findings, _ assembly: Assembly) -> [Line] {
        guard let cut = found.idleCut, case .sftp(let settings) = try? assembly.endpointSettings(name, secrets: Assembly.unread),
            let interval = settings.keepAlive, interval >= .seconds(cut)
        else { return [] }
        return [
            Line(
                "probe \(name) keep_alive", .failed,
                "silent connections are cut after \(cut) s, and show that they are alive every \(interval.components.seconds) s",
                fix: "write keep_alive: \(max(cut / 2, 2))s under sftp of endpoint \(name)")
        ]
    }

    /// Flows that would put files in place by a rename that the server does not make.
    private func renameLines(_ name: String, _ found: ServerProbe.Findings, _ assembly: Assembly) -> [Line] {
        guard found.renames == false else { return [] }
        return (assembly.settings.root["flows"]?.map ?? []).compactMap { flow, node in
            guard let push = node["push"], push.text("endpoint") == name, push.text("rename") != "none" else { return nil }
            return Line(
                "probe \(name) \(flow)", .failed, "flow \(flow) puts files in place by a rename, and the server renames nothing",
                fix: "write rename: none and done: NAME under push of flow \(flow), and have the ERP wait for the done file")
        }
    }

    /// A folder of its own: whoever collects files from it would collect the probe's.
    private func folderLines(_ name: String, _ probe: ServerProbe, _ assembly: Assembly) -> [Line] {
        guard let folder = probe.folder else { return [] }
        return (assembly.settings.root["flows"]?.map ?? []).compactMap { flow, node in
            guard let way = node["pull"] ?? node["push"], way.text("endpoint") == name, way.text("folder") == folder else { return nil }
            return Line(
                "probe \(name) \(flow)", .warning, "probe_folder is the folder of flow \(flow): for a moment the other side sees files of the probe",
                fix: "name a folder that nobody else uses as probe_folder")
        }
    }
}
