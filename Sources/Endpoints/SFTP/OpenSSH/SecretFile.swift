internal import CFileSystem
import Glibc

/// A secret in a file of memory, for a program of ours that can only read files: it is on no disk, has no name in any folder, no
/// program inherits it, and it is gone with this process however that ends.
final class SecretFile {
    private let descriptor: Int32

    /// Readable for this account alone, as long as this object lives.
    var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// - Throws: `SystemError` where the machine has no memory or no `/proc`.
    init(_ text: String) throws(SystemError) {
        descriptor = anonymous_file("tallyman")
        guard descriptor >= 0 else { throw SystemError(errno) }
        let bytes = Array(text.utf8)
        guard fchmod(descriptor, 0o600) == 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            let reason = SystemError(errno)
            close(descriptor)
            throw reason
        }
    }

    deinit { close(descriptor) }
}

/// The program that `ssh` asks for a secret: it answers the question that was expected and no other, so that neither a jump
/// host on the way nor a question nobody thought of learns the secret. The program itself holds none.
final class Askpass {
    /// Its path, for `SSH_ASKPASS`.
    let program: String
    private let folder: String
    private let secret: SecretFile?

    /// What it says on the error output, where it is heard by us, when it was asked and when it did not answer.
    static let asked = "tallyman was asked for the "
    static let notAnswered = "tallyman does not answer: "

    enum Question {
        case passphrase(keyPath: String)
        case password(user: String, host: String)

        /// What the prompt must begin with, as `ssh` words it.
        fileprivate var beginnings: [String] {
            switch self {
            case .passphrase(let path): ["Enter passphrase for key '\(path)'"]
            case .password(let user, let host): ["\(user.prefix(30))@\(host.prefix(128))'s password", "(\(user)@\(host)) "]
            }
        }

        fileprivate var name: String {
            switch self {
            case .passphrase: "passphrase"
            case .password: "password"
            }
        }
    }

    /// - Parameter answer: `nil` where there is none: being asked is then heard all the same.
    /// - Throws: `SystemError` where no folder lets a program be run.
    init(_ question: Question, answer: String?) throws(SystemError) {
        secret = if let answer { try SecretFile(answer + "\n") } else { nil }
        folder = try Self.makeFolder()
        program = "\(folder)/askpass"
        let patterns = question.beginnings.map { "\(ShellWord.quoted($0))*" }.joined(separator: "|")
        let reply = secret.map { "exec cat \(ShellWord.quoted($0.path))" } ?? "exit 1"
        let script = """
            #!/bin/sh
            case "$1" in
            \(patterns)) echo '\(Self.asked)\(question.name)' >&2; \(reply) ;;
            esac
            echo \(ShellWord.quoted(Self.notAnswered))"$1" >&2
            exit 1

            """
        let file = open(program, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o700)
        let bytes = Array(script.utf8)
        guard file >= 0, write(file, bytes, bytes.count) == bytes.count, close(file) == 0 else {
            let reason = SystemError(errno)
            if file >= 0 { close(file) }
            remove(folder: folder)
            throw reason
        }
    }

    deinit { remove(folder: folder) }

    private func remove(folder: String) {
        unlink("\(folder)/askpass")
        rmdir(folder)
    }

    /// A folder for us alone on a file system that runs programs; `/tmp` often does not.
    private static func makeFolder() throws(SystemError) -> String {
        let variables: [String] = ["RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR", "TMPDIR"].compactMap { (name: String) -> String? in
            getenv(name).map { String(cString: $0) }
        }
        var last = SystemError(EACCES)
        let places: [String] = variables + ["/tmp", "/var/tmp", "/dev/shm"]
        for place in places where place.hasPrefix("/") {
            var information = statvfs()
            guard statvfs(place, &information) == 0 else { continue }
            if information.f_flag & UInt(8) != 0 { continue }
            var template = Array("\(place)/tallyman-XXXXXX".utf8CString)
            if mkdtemp(&template) != nil { return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
            last = SystemError(errno)
        }
        throw last
    }
}

enum ShellWord {
    /// One word for a shell, whatever is in it.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
