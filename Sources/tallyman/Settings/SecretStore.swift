import Domain
import Foundation
import Glibc

/// Resolves the names of secrets. Values are never in the settings (reliability S6).
///
/// `{env: NAME}` is a variable of the environment. `{file: name}` is a file, looked for in systemd's credentials directory, in the folder
/// of secrets beside the settings (`SHOP.secrets/` beside `SHOP.yaml`), in `secrets/` beside them, and beside them.
struct SecretStore: Sendable {
    let environment: [String: String]
    /// Where secrets are put: beside the settings file, under its name.
    let home: String
    /// Where relative names of files are looked for, in order.
    private let folders: [String]
    /// By the place in the settings.
    private var held: [Diagnostic.Location: Secret] = [:]

    init(environment: [String: String], settingsFile: String) {
        self.environment = environment
        let settings = URL(fileURLWithPath: settingsFile)
        let beside = settings.deletingLastPathComponent().path
        home = Self.home(of: settingsFile)
        folders = [environment["CREDENTIALS_DIRECTORY"], home, "\(beside)/secrets", beside].compactMap { $0 }
    }

    /// `/etc/tallyman/acme.secrets` for `/etc/tallyman/acme.yaml`.
    static func home(of settingsFile: String) -> String {
        URL(fileURLWithPath: settingsFile).deletingPathExtension().path + ".secrets"
    }

    /// Reads what can be read now, for a process that is about to be less than it is.
    mutating func hold(_ nodes: [SettingNode]) {
        for node in nodes { if let secret = try? secret(node) { held[node.location] = secret } }
    }

    func secret(_ node: SettingNode) throws -> Secret {
        if let secret = held[node.location] { return secret }
        if let name = node.text("env") {
            guard let value = environment[name], !value.isEmpty else {
                throw Diagnostic(
                    "SECRET-MISSING", "the environment has no \(Escaped(name))", at: node.location,
                    fix: "set it for this program, or use {file: …}"
                )
            }
            return Secret(value)
        }
        if let name = node.text("file") { return try read(name, node) }
        throw node.invalid("is not the name of a secret", fix: "write {env: NAME} or {file: name}")
    }

    /// systemd hands a whole folder of credentials on under names of its own making: `LoadCredential=tallyman:FOLDER`.
    private func bundled(_ name: String) -> String? { environment["CREDENTIALS_DIRECTORY"].map { "\($0)/tallyman_\(name)" } }

    private func read(_ name: String, _ node: SettingNode) throws -> Secret {
        let candidates = name.hasPrefix("/") ? [name] : [bundled(name)].compactMap { $0 } + folders.map { "\($0)/\(name)" }
        let place = name.hasPrefix("/") ? name : "\(home)/\(name)"
        guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            if let closed = folders.first(where: { access($0, F_OK) == 0 && access($0, X_OK) != 0 }) { throw unreadable(closed, node) }
            let near = NearestWord.of(name, among: (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? [])
            throw Diagnostic(
                "SECRET-MISSING", "there is no secret file \(Escaped(name))", at: node.location,
                fix: (near.map { "did you mean \(Escaped($0))? Otherwise " } ?? "") + "put it at \(place) with mode 0600"
            )
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0 else {
            throw Diagnostic(
                "SECRET-EXPOSED", "the secret file can be read by others (mode \(String(mode, radix: 8)))",
                at: .init(file: path), fix: "chmod 600 \(path)"
            )
        }
        guard access(path, R_OK) == 0 else { throw unreadable(path, node) }
        guard let data = try OwnFile.content(path), !data.isEmpty else {
            throw Diagnostic("SECRET-MISSING", "the secret file is empty", at: .init(file: path), fix: "write the secret into it")
        }
        // A private key ends with a line end that belongs to it; a password's is the editor's.
        let text = String(decoding: data, as: UTF8.self)
        return Secret(text.contains("PRIVATE KEY") ? text : text.trimmingCharacters(in: .newlines))
    }

    private func unreadable(_ path: String, _ node: SettingNode) -> Diagnostic {
        let user = ProcessUser.name(geteuid())
        return Diagnostic(
            "SECRET-UNREADABLE", "\(path) cannot be read by \(user)", at: node.location, fix: "sudo chown -R \(user): \(path)")
    }
}
