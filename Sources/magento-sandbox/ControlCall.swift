import Glibc
import MagentoSandbox

/// What keeps a command from its work, in words.
struct SandboxTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// One call to a sandbox of this machine.
struct ControlCall {
    let port: Int

    /// The answer's body. Throws what the shop says where it refuses, and what to do where nobody listens.
    func post(_ path: String, _ body: JSONValue) throws -> JSONValue {
        let content = JSONWriter.bytes(body)
        let head = "POST /__sandbox/\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: \(content.count)\r\n\r\n"
        let reply = try exchange(Array(head.utf8) + content)
        guard let end = reply.indices.first(where: { reply[$0...].starts(with: [13, 10, 13, 10]) }) else {
            throw SandboxTrouble("the sandbox at port \(port) did not answer")
        }
        let status = String(decoding: reply.prefix(end), as: UTF8.self).split(separator: " ").dropFirst().first
        let answer = try? JSONParser.parse(Array(reply[(end + 4)...]))
        guard status == "200" else {
            let hint = status == "404" && answer?["message"] == nil ? "it does not run with --control" : answer?["message"]?.text ?? "it says no more"
            throw SandboxTrouble("the sandbox refused with \(status ?? "nothing"): \(hint)")
        }
        return answer ?? .null
    }

    private func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(clamping: port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else {
            throw SandboxTrouble("no sandbox listens at port \(port); start one with: magento-sandbox --control --port \(port)")
        }
        guard send(handle, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw SandboxTrouble("the sandbox at port \(port) has gone")
        }
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(handle, &buffer, buffer.count), count > 0 { reply += buffer[..<count] }
        return reply
    }
}
