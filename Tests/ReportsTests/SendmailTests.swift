import Domain
import Foundation
import TestKit
import Testing

@testable import Reports

/// A mail program that is a stranger: it may never read, never end, talk without end, or leave children behind.
struct SendmailTests {
    private let folder = TemporaryFolder()
    private let address = MailAddress("ann@acme.example")!  // An address of the test's own.

    private func deliver(_ script: String, _ content: [UInt8], deadline: Duration = .seconds(60)) throws(MailFault) {
        let program = folder.write("sendmail", Array("#!/bin/sh\n\(script)\n".utf8), mode: 0o755)
        try SendmailTransport(program: program, deadline: deadline).deliver(content, from: address, to: address)
    }

    private func fault(_ script: String, _ content: [UInt8], deadline: Duration = .seconds(60)) -> MailFault? {
        do throws(MailFault) { try deliver(script, content, deadline: deadline) } catch { return error }
        return nil
    }

    private static let long = [UInt8](repeating: 0x61, count: 4 << 20)

    @Test func `a mail arrives whole, with the line ends of the machine, however long it is`() throws {
        try deliver("cat > '\(folder.path)/mail'", Array("one\r\ntwo\r\n".utf8) + Self.long)

        let mail = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/mail"))
        #expect(Array(mail) == Array("one\ntwo\n".utf8) + Self.long)
    }

    @Test(arguments: ["exec sleep 1000", "sleep 1000 & sleep 1000", "trap '' TERM; while :; do :; done"])
    func `F99 a program that never reads and never ends is stopped with its children, and the mail waits`(script: String) {
        let fault = fault(script, Self.long, deadline: .milliseconds(300))

        #expect(fault?.kind == .transient)
        #expect(fault?.text.contains("was stopped") == true)
    }

    @Test func `F99 a program that talks without end is stopped, and only the beginning of it is kept`() {
        let fault = fault("exec yes trouble >&2", [0x61], deadline: .milliseconds(300))

        #expect(fault?.kind == .transient)
        #expect((fault?.text.utf8.count ?? 0) < 1000)
    }

    @Test func `F99 a program that ends without reading is no signal for us, and its answer counts`() {
        #expect(fault("echo no such user >&2; exit 67", Self.long)?.kind == .refused)
        #expect(fault("exit 75", Self.long)?.kind == .transient)
        #expect(fault("exit 0", [0x61]) == nil)
    }

    @Test func `F99 a child that it leaves behind with its output open is not waited for`() {
        #expect(fault("sleep 20 >/dev/null <&- & cat >/dev/null; exit 0", [0x61]) == nil)
    }

    @Test func `a program that is not there is transient`() {
        do throws(MailFault) {
            try SendmailTransport(program: "\(folder.path)/none").deliver([0x61], from: address, to: address)
            Issue.record("it was delivered")
        } catch { #expect(error.kind == .transient) }
    }
}
