import Domain
import Endpoints
import TestKit
import Testing

struct SmokeTests {
    @Test func `smoke`() async throws {
        let server = try SSHServer.shared.get()
        let pins = try server.hostKeys.map { try #require(HostKeyFingerprint($0.fingerprint())) }
        let settings = SFTPSettings(host: "127.0.0.1", port: server.port, user: server.user, authentication: .key(Secret(server.keys.ed25519.privateText), passphrase: nil), hostKeys: .pinned(pins))
        let endpoint = SFTPEndpoint(name: "erp", settings: settings, timeline: .system)
        let names = try await endpoint.withSession { session in
            try session.makeFolder("a/b")
            let bytes = Array("hello".utf8)
            try bytes.withUnsafeBytes { try session.put(RemotePath(folder: "a/b", name: "x.tmp"), $0) }
            try session.rename(RemotePath(folder: "a/b", name: "x.tmp"), to: RemotePath(folder: "a", name: "x.csv"))
            var names: [String] = []
            try session.list(folder: "a") { names.append(String(decoding: $0.name, as: UTF8.self)) }
            return names.sorted()
        }
        #expect(names == ["b", "x.csv"])
    }
}
