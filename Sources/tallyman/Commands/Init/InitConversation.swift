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
    func places(_ answers: GuessAnswers, isNew: Bool) throws -> InitPlaces {
        var places = InitPlaces()
        places.folder = answers["folder"] ?? ask("the folder where the ERP drops these files", otherwise: places.folder) ?? places.folder
        guard isNew else { return places }
        places.shop = answers["shop"] ?? ask("a short name of the shop, for reports", otherwise: places.shop) ?? places.shop
        places.url = answers["url"] ?? ask("the shop's address, up to but without /rest", otherwise: places.url) ?? places.url
        places.host = answers["host"] ?? ask("the SFTP server's name", otherwise: places.host) ?? places.host
        places.port = try port(answers["port"] ?? ask("its port", otherwise: "22"))
        places.user = answers["user"] ?? ask("the account there", otherwise: places.user) ?? places.user
        if let key = answers["host_key"] { places.hostKey = key } else { (places.hostKey, places.needsOpenSSH) = hostKey(of: places) }
        return places
    }

    private func port(_ text: String?) throws -> UInt16 {
        guard let text else { return InitPlaces().port }
        guard let port = UInt16(text), port > 0 else { throw GuessAnswers.unknown("port", text, ["a number from 1 to 65535"]) }
        return port
    }

    /// The key that the server shows, taken only if a person says that it is the server's. There is no trust on first use.
    private func hostKey(of places: InitPlaces) -> (fingerprint: String?, needsOpenSSH: Bool) {
        guard isWanted, places.host != InitPlaces().host else { return (nil, false) }
        guard let shown = ShownHostKey.best(of: places.host, port: places.port) else {
            Output(.text).line("\(places.host) cannot be asked for its host key from here; ask its owner for the fingerprint")
            return (ask("the server's fingerprint, SHA256:…", otherwise: "later"), false)
        }
        Output(.text).line(
            "\(places.host) shows the \(shown.kind.rawValue) host key \(shown.fingerprint). Compare it with what its owner says, by telephone.")
        let isItsOwn = ask("is it the server's own key (yes, no)", otherwise: "no") == "yes"
        return (isItsOwn ? shown.fingerprint : nil, isItsOwn && shown.kind == .rsa)
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
    var port: UInt16 = 22
    var user = "tallyman"
    var folder = "out"
    /// `SHA256:…`, once a person has said that it is the server's.
    var hostKey: String?
    /// The server has an RSA key only, which takes the machine's own `ssh`.
    var needsOpenSSH = false
}
