import Domain
import Foundation

/// Resolves the names of secrets: `{env: NAME}`, or `{file: name}` looked for in systemd's credentials directory first, then
/// beside the settings file. Values are never in the settings (reliability S6).
struct SecretStore: Sendable {
    let environment: [String: String]
    /// Where relative names of files are looked for, in order.
    let folders: [String]

    init(environment: [String: String], settingsFile: String) {
        self.environment = environment
        let beside = URL(fileURLWithPath: settingsFile).deletingLastPathComponent().path
        folders = [environment["CREDENTIALS_DIRECTORY"], "\(beside)/secrets", beside].compactMap { $0 }
    }

    func secret(_ node: SettingNode) throws -> Secret {
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
        let candidates = name.hasPrefix("/") ? [name] : folders.map { "\($0)/\(name)" } + [bundled(name)].compactMap { $0 }
        guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Diagnostic(
                "SECRET-MISSING", "there is no secret file \(Escaped(name))", at: node.location,
                fix: "put it at \(candidates.first ?? name) with mode 0600"
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
        guard let data = try OwnFile.content(path), !data.isEmpty else {
            throw Diagnostic("SECRET-MISSING", "the secret file is empty or unreadable", at: .init(file: path), fix: "write the secret into it")
        }
        // A private key ends with a line end that belongs to it; a password's is the editor's.
        let text = String(decoding: data, as: UTF8.self)
        return Secret(text.contains("PRIVATE KEY") ? text : text.trimmingCharacters(in: .newlines))
    }
}
