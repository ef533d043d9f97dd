import Domain
import Formats
import Foundation
import Glibc

/// `init` as a conversation: each question with what is taken unless somebody answers. An empty line takes it.
struct InitConversation {
    let isWanted: Bool

    /// Whether somebody is there to ask.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Asks about the sample. Answers whether anything was answered.
    func answer(_ questions: [Question], into values: inout [String: String]) -> Bool {
        guard isWanted else { return false }
        var isAnswered = false
        for question in questions where values[question.key] == nil {
            let choices = question.choices.isEmpty ? "" : " (\(question.choices.prefix(8).joined(separator: ", ")))"
            guard let answer = ask("\(question.text)\n  \(question.key)\(choices)", otherwise: question.assumed) else { continue }
            values[question.key] = answer
            isAnswered = true
        }
        return isAnswered
    }

    /// What no file tells: the shop, the server and its key, the folder.
    ///
    /// - Parameter isNew: whether settings are written anew; a flow that is added needs its folder only.
    func places(_ answers: GuessAnswers, isNew: Bool) -> InitPlaces {
        var places = InitPlaces()
        places.folder = answers["folder"] ?? ask("the folder where the ERP drops these files", otherwise: places.folder) ?? places.folder
        guard isNew else { return places }
        places.shop = answers["shop"] ?? ask("a short name of the shop, for reports", otherwise: places.shop) ?? places.shop
        places.url = answers["url"] ?? ask("the shop's address, up to but without /rest", otherwise: places.url) ?? places.url
        places.host = answers["host"] ?? ask("the SFTP server's name", otherwise: places.host) ?? places.host
        places.user = answers["user"] ?? ask("the account there", otherwise: places.user) ?? places.user
        places.hostKey = answers["host_key"] ?? hostKey(of: places.host)
        return places
    }

    /// The key that the server shows, taken only if a person says that it is the server's. There is no trust on first use.
    private func hostKey(of host: String) -> String? {
        guard isWanted, host != InitPlaces().host else { return nil }
        guard let shown = ShownHostKey.of(host) else {
            Output(.text).line("\(host) cannot be asked for its host key from here; ask its owner for the fingerprint")
            return ask("the server's fingerprint, SHA256:…", otherwise: "later")
        }
        Output(.text).line("\(host) shows the host key \(shown). Compare it with what its owner says, by telephone.")
        return ask("is it the server's own key (yes, no)", otherwise: "no") == "yes" ? shown : nil
    }

    /// `nil` where nobody is asked, or nothing was said.
    private func ask(_ text: String, otherwise: String) -> String? {
        guard isWanted else { return nil }
        StandardStream.output.write("\(text) [\(otherwise)]: ")
        guard let line = readLine(strippingNewline: true)?.trimmingCharacters(in: .whitespaces), !line.isEmpty else {
            StandardStream.output.write("\n")
            return nil
        }
        return line
    }
}

/// What stands in the settings for what no sample tells; placeholders unless somebody said it.
struct InitPlaces {
    var shop = "shop"
    var url = "https://shop.example"
    var host = "erp.example"
    var user = "tallyman"
    var folder = "out"
    /// `SHA256:…`, once a person has said that it is the server's.
    var hostKey: String?
}

/// The fingerprint that an SFTP server shows, by the machine's own program; nothing is logged in to.
enum ShownHostKey {
    static func of(_ host: String) -> String? {
        guard !host.hasPrefix("-"), host.allSatisfy({ $0.isLetter || $0.isNumber || "-._:".contains($0) }) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "ssh-keyscan -T 5 -t ed25519 \"$0\" 2>/dev/null | ssh-keygen -lf - 2>/dev/null", host]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        var text = Data()
        while case let more = pipe.fileHandleForReading.availableData, !more.isEmpty { text += more }
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init)
    }
}
