import Domain
import Foundation
import Glibc
import TestKit
import Testing

@testable import Endpoints

/// Folders on a share: a share that is away is not there now, and never empty.
struct MountedShareTests {
    private func node(_ pairs: [(String, String)]) -> SettingNode {
        SettingNode(.map(pairs.map { (key: $0.0, node: SettingNode(.scalar($0.1), at: .init(file: "s.yaml"))) }), at: .init(file: "s.yaml"))
    }

    @Test func `a folder whose share is not mounted is away, whatever lies below it`() async throws {
        let folder = TemporaryFolder()
        folder.write("out/leftover.csv", [1])
        let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: "\(folder.path)/out", mount: folder.path))

        let away = try await diagnostic { _ = try await endpoint.withSession { try $0.names(in: "") } }

        #expect(away.code == "MOUNT-AWAY" && away.kind == .transient)
        #expect(away.fix.contains(folder.path))
    }

    @Test func `a mounted share is used, from its root or from a folder inside`() async throws {
        for root in ["/proc", "/proc/sys"] {
            let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: root, mount: "/proc"))
            #expect(try await endpoint.withSession { try $0.stat(RemotePath(folder: "", name: root == "/proc" ? "sys" : "kernel")) } != nil)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to mount"))
    func `a share that vanishes and comes back is away meanwhile, and its files are there afterwards`() async throws {
        let (folder, store) = (TemporaryFolder(), TemporaryFolder())
        let place = "\(folder.path)/mnt share"
        store.write("STOCK.csv", [1, 2, 3])
        mkdir(place, 0o755)
        do { try ChildProcess.run(["mount", "--bind", store.path, place]) } catch { try Test.cancel("nothing can be mounted here") }
        defer { _ = try? ChildProcess.run(["umount", "-l", place]) }
        let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: place, mount: place))

        let before = try await endpoint.withSession { try $0.names(in: "") }
        try ChildProcess.run(["umount", "-l", place])
        let away = try await diagnostic { _ = try await endpoint.withSession { try $0.names(in: "") } }
        try ChildProcess.run(["mount", "--bind", store.path, place])
        let back = try await endpoint.withSession { try $0.names(in: "") }

        #expect(before == ["STOCK.csv"] && back == before)
        #expect(away.code == "MOUNT-AWAY")
    }

    @Test func `the table of mounts is read with blanks, backslashes and accents in its places`() {
        let lines = [#"22 1 8:1 / /srv/a\040b\134c/café rw - cifs //nas/x rw"#, "23 1 8:1 / /srv rw - ext4 /dev/a rw", "short", ""]
        let table = Array(lines.joined(separator: "\n").utf8)

        #expect(MountTable.holds(Array(#"/srv/a b\c/café"#.utf8), in: table) && MountTable.holds(Array("/srv".utf8), in: table))
        for place in ["/srv/a", "/srv/", "/srv/a b", "", "/"] { #expect(!MountTable.holds(Array(place.utf8), in: table), "\(place)") }
    }

    @Test(arguments: ["/mnt/other", "/mnt/er", "/", "erp", ""])
    func `a mount that is not above the root is refused`(_ mount: String) throws {
        let refusal = #expect(throws: Diagnostic.self) {
            try LocalSettings(node([("root", "/mnt/erp"), ("mount", mount)]), relativeTo: "/etc")
        }

        #expect(refusal?.code == "ENDPOINT-ROOT" && refusal?.fix.contains("/mnt/erp") == true)
        #expect(try LocalSettings(node([("root", "/mnt/erp"), ("mount", "/mnt")]), relativeTo: "/etc").mount == "/mnt")
    }

    @Test(arguments: [ESTALE, ENOTCONN, EHOSTDOWN, EIO, ENODEV, ETIMEDOUT, EREMOTEIO])
    func `what a share says while its server is away is tried again`(_ number: Int32) throws {
        let session = LocalDirectorySession(place: "erp", root: Descriptor(owning: open("/", O_RDONLY)), stop: SessionStop())

        #expect(session.failure(.list, "out", SystemError(number)).kind == .transient)
    }
}
