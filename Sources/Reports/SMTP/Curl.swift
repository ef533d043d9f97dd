import CCurl
import Domain

/// One SMTP conversation through libcurl, which owns connection, TLS, authentication and dot-stuffing. The only file that
/// sees libcurl.
struct Curl: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private var recipients: UnsafeMutablePointer<curl_slist>?

    /// Before the first handle, once in a process; libcurl's own start is not safe from several threads.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() throws(MailFault) {
        guard Self.isReady, let handle = curl_easy_init() else { throw MailFault(.transient, "there is no memory for a connection") }
        self.handle = handle
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(recipients)
    }

    mutating func send(
        _ content: [UInt8], from: MailAddress, to recipient: MailAddress, by settings: SMTPSettings, helloName: String
    ) throws(MailFault) {
        let scheme = settings.encryption == .implicit ? "smtps" : "smtp"
        text(CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)/\(helloName)")
        number(CURLOPT_NOSIGNAL, 1)
        text(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // A proxy from the environment is meant for the web.
        text(CURLOPT_NOPROXY, "*")
        switch settings.encryption {
        case .implicit, .required: number(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        case .offered: number(CURLOPT_USE_SSL, Int(CURLUSESSL_NONE.rawValue))
        }
        number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let authorities = settings.authorities { text(CURLOPT_CAINFO, authorities) }
        if let user = settings.user { text(CURLOPT_USERNAME, user) }
        if let password = settings.password { text(CURLOPT_PASSWORD, password.reveal()) }
        number(CURLOPT_CONNECTTIMEOUT_MS, Int(min(settings.patience, .seconds(20)).wholeMilliseconds))
        number(CURLOPT_TIMEOUT_MS, Int(settings.patience.wholeMilliseconds))
        text(CURLOPT_MAIL_FROM, "<\(from.text)>")
        recipients = curl_slist_append(nil, "<\(recipient.text)>")
        _ = curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        number(CURLOPT_UPLOAD, 1)
        let conversation = Conversation(content)
        let code = withExtendedLifetime(conversation) {
            let box = Unmanaged.passUnretained(conversation).toOpaque()
            _ = curl_set_reader(handle) { buffer, size, count, box in
                guard let buffer, let box else { return 0 }
                return Unmanaged<Conversation>.fromOpaque(box).takeUnretainedValue().read(into: buffer, room: size * count)
            }
            _ = curl_set_data(handle, CURLOPT_READDATA, box)
            _ = curl_set_writer(handle) { line, size, count, box in
                guard let line, let box else { return 0 }
                Unmanaged<Conversation>.fromOpaque(box).takeUnretainedValue().hear(line, count: size * count)
                return size * count
            }
            _ = curl_set_data(handle, CURLOPT_HEADERDATA, box)
            return curl_easy_perform(handle)
        }
        guard code != CURLE_OK else { return }
        throw fault(code, conversation, settings)
    }

    private func number(_ option: CURLoption, _ value: Int) { _ = curl_set_long(handle, option, value) }

    /// libcurl keeps a copy.
    private func text(_ option: CURLoption, _ value: String) { _ = curl_set_text(handle, option, value) }

    private func fault(_ code: CURLcode, _ conversation: Conversation, _ settings: SMTPSettings) -> MailFault {
        let said = conversation.refusal ?? String(cString: curl_easy_strerror(code))
        let server = "\(settings.host):\(settings.port)"
        return switch code {
        case CURLE_USE_SSL_FAILED: MailFault(.unsafe, "\(server) does not offer TLS, which is required")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR:
            MailFault(.unsafe, "the certificate of \(server) is not trusted: \(String(cString: curl_easy_strerror(code)))")
        case CURLE_LOGIN_DENIED: MailFault(.unsafe, "\(server) refused the credentials: \(said)")
        // To the greeting or the introduction: this server takes nothing from us at the moment, whatever the mail.
        case CURLE_REMOTE_ACCESS_DENIED: MailFault(.transient, "\(server) said \(said)")
        case _ where conversation.isMailRefused: MailFault(.refused, "\(server) said \(said)")
        default: MailFault(.transient, "\(server) said \(said)")
        }
    }
}

/// What libcurl is given to read, and what it hears.
private final class Conversation {
    private let content: [UInt8]
    private var position = 0
    /// The server's latest 4yz or 5yz line, made safe to show. What follows it is the farewell.
    private(set) var refusal: String?
    /// A server that turns everybody away does so instead of a greeting.
    private var isGreeted = false

    init(_ content: [UInt8]) { self.content = content }

    func read(into buffer: UnsafeMutablePointer<CChar>, room: Int) -> Int {
        let count = min(room, content.count - position)
        content.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, count > 0 else { return }
            UnsafeMutableRawPointer(buffer).copyMemory(from: base + position, byteCount: count)
        }
        position += count
        return count
    }

    func hear(_ line: UnsafePointer<CChar>, count: Int) {
        let bytes = UnsafeRawBufferPointer(start: line, count: count).filter { $0 != 13 && $0 != 10 }
        if bytes.first == UInt8(ascii: "2") { isGreeted = true }
        guard let first = bytes.first, first == UInt8(ascii: "4") || first == UInt8(ascii: "5") else { return }
        refusal = Escaped(bytes, limit: 160).description
    }

    /// Replies of the 5yz kind that speak of this mail or mailbox, not of the connection (421 and the like) or its rights.
    /// 5.3.2 says that the server takes nothing from anybody at the moment.
    var isMailRefused: Bool {
        isGreeted && refusal?.contains(" 5.3.2 ") != true && (refusal.map { $0.hasPrefix("5") && !$0.hasPrefix("53") } ?? false)
    }
}
