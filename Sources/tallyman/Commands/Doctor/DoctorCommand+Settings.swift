import Domain
import Endpoints
import Engine

/// What `doctor` finds in the settings, on this machine and at the endpoints.
extension DoctorCommand {
    /// What `lint` finds.
    func settingLines(_ assembly: Assembly) -> [Line] {
        do {
            try assembly.checkFlows()
            return [Line("settings", .good, common.settingsFile)]
        } catch let problems as SettingsProblems {
            return problems.problems.map { Line("settings", $0) }
        } catch {
            return [Line("settings", error)]
        }
    }

    /// Each secret that the settings name, whether or not something asks for it today.
    func secretLines(_ assembly: Assembly) -> [Line] {
        let named = SecretReferences.all(in: assembly.settings.root)
        let wrong = named.compactMap { node -> Line? in
            do {
                _ = try assembly.secrets.secret(node)
                return nil
            } catch { return Line("secrets", error) }
        }
        return wrong.isEmpty ? [Line("secrets", .good, "\(named.count) named, each is there")] : wrong
    }

    /// Each folder that a flow names is looked at by itself: one that is missing says nothing about the others.
    func endpointLines(_ name: String, _ assembly: Assembly) async -> [Line] {
        let check = "endpoint \(name)"
        let folders = FlowFolder.all(at: name, in: assembly.settings)
        do {
            let found = try await assembly.endpoint(name, secrets: assembly.secrets.secret, ledger: assembly.ledger(), caller: .person).withSession {
                session in
                try folders.map { folder -> Result<Int, Diagnostic> in
                    do {
                        var count = 0
                        try session.list(folder: folder.path) { _ in count += 1 }
                        return .success(count)
                    } catch var problem as Diagnostic where problem.kind == .permanent {
                        if problem.code == "FOLDER-MISSING", let near = folder.nearest(session) {
                            problem.fix = "did you mean \(near)? Otherwise create \(folder.path) there"
                        }
                        return .failure(problem)
                    }
                }
            }
            var counts: [String] = []
            var lines: [Line] = []
            for (folder, result) in zip(folders, found) {
                switch result {
                case .success(let count): counts.append("\(folder.path): \(count) entries")
                case .failure(let problem) where folder.isMade && problem.code == "FOLDER-MISSING":
                    counts.append("\(folder.path): made when the first file is moved")
                case .failure(var problem):
                    problem.summary = "\(folder.path), \(folder.setting) of flow \(folder.flow): \(problem.summary)"
                    problem.location = folder.place
                    lines.append(Line(check, problem))
                }
            }
            for (flow, node) in assembly.settings.root["flows"]?.map ?? []
            where node["push"]?.text("endpoint") == name && node["push"]?.text("rename") == "none" {
                counts.append("\(flow): without renames, the done file alone says that a file is complete")
            }
            lines += try endingLines(name, assembly)
            if !counts.isEmpty || lines.isEmpty { lines.insert(Line(check, .good, counts.joined(separator: ", ")), at: 0) }
            return lines
        } catch {
            return [Line(check, error)] + ((try? endingLines(name, assembly)) ?? [])
        }
    }

    /// What ends soon, or has ended, of an account on a server.
    private func endingLines(_ name: String, _ assembly: Assembly) throws -> [Line] {
        guard let node = assembly.settings.root["endpoints"]?[name]?["sftp"] else { return [] }
        let settings = try SFTPSettings(node) { _ in Secret("") }
        let now = assembly.timeline.now()
        return SFTPSettings.Ending.allCases.compactMap { ending in
            settings.notice(of: ending, at: now).map {
                let isPast = (settings.daysLeft(of: ending, at: now) ?? 0) < 0
                return Line("endpoint \(name) \(ending.setting)", isPast ? .failed : .warning, $0.text, fix: $0.fix)
            }
        }
    }
}

/// A folder of an endpoint that a flow reads or writes.
private struct FlowFolder: Sendable {
    var flow: String
    /// `pull.folder`, as in the settings.
    var setting: String
    var path: String
    var place: Diagnostic.Location
    /// The folder beside it whose name is nearest.
    func nearest(_ session: any EndpointSession) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.last else { return nil }
        let above = parts.dropLast().joined(separator: "/")
        var names: [String] = []
        try? session.list(folder: above.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : above) { file in
            if file.kind == .directory { names.append(String(decoding: file.name, as: UTF8.self)) }
        }
        return NearestWord.of(name, among: names).map { above.isEmpty ? (path.hasPrefix("/") ? "/\($0)" : $0) : "\(above)/\($0)" }
    }

    /// Whether Tallyman makes it where it is not there.
    var isMade: Bool { setting == "pull.then.move" }

    /// Each folder once, with the first flow that names it.
    static func all(at endpoint: String, in settings: Settings) -> [FlowFolder] {
        var found: [FlowFolder] = []
        for (flow, node) in settings.root["flows"]?.map ?? [] {
            guard let way = node["pull"] ?? node["push"], way.text("endpoint") == endpoint else { continue }
            let name = node["pull"] == nil ? "push" : "pull"
            func add(_ setting: String, _ node: SettingNode?, _ path: String?) {
                guard let node, let path, !path.isEmpty, !found.contains(where: { $0.path == path }) else { return }
                found.append(FlowFolder(flow: flow, setting: "\(name).\(setting)", path: path, place: node.location))
            }
            add("folder", way["folder"], way.text("folder"))
            add("then.move", way["then"]?["move"], way["then"]?.text("move"))
            add("work", way["work"], way.text("work"))
            for key in ["file", "echo"] {
                let file = way["acknowledge"]?[key]
                // `in/acks/{name}.ack` is a file of the folder in/acks.
                add("acknowledge.\(key)", file, file?.scalar.flatMap { text in text.lastIndex(of: "/").map { String(text[..<$0]) } })
            }
        }
        return found
    }
}
