/// A key agent of its own for one test.
package final class SSHAgent: Sendable {
    package let socket: String
    private let folder = TemporaryFolder()
    private let process: ChildProcess

    package init(holding keys: [SSHKeyPair]) throws {
        socket = "\(folder.path)/agent"
        process = try ChildProcess(["/bin/sh", "-c", "ssh-agent -D -a \(socket) & agent=$!; cat >/dev/null; kill $agent; wait"])
        guard process.output(until: { $0.contains("SSH_AUTH_SOCK") }) else {
            throw ChildProcess.Failure(description: "no agent: \(process.log)")
        }
        for key in keys { try ChildProcess.run(["ssh-add", "-q", key.file], environment: ["SSH_AUTH_SOCK": socket]) }
    }

    deinit {
        process.closeInput()
        process.waitForExit()
    }
}
