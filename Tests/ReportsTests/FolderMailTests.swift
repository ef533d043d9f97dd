import Foundation
import TestKit
import Testing

@testable import Reports

/// Mails that are written to a folder instead of being sent.
struct FolderMailTests {
    private let folder = TemporaryFolder()
    private let address = MailAddress("ann@acme.example")!  // An address of the test's own.

    private func deliver(_ text: String, to folder: String) throws(MailFault) {
        try FolderTransport(folder: folder).deliver(Array(text.utf8), from: address, to: address)
    }

    @Test func `mails are files in the order of their delivery, and one that comes twice is one file`() throws {
        let path = "\(folder.path)/mail"
        for text in ["one", "two", "one", "three"] { try deliver(text, to: path) }

        let names = folder.names(in: "mail")
        #expect(names.map { String($0.prefix(5)) } == ["0001-", "0002-", "0003-"])
        #expect(names.map { String(decoding: folder.read("mail/\($0)") ?? [], as: UTF8.self) } == ["one", "two", "three"])
        let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/\(names[0])")[.posixPermissions] as? NSNumber
        #expect(mode == 0o600)
    }

    @Test func `a folder that cannot be made keeps the mail waiting`() {
        folder.write("taken", Array("a file".utf8))
        #expect(throws: MailFault.self) { try deliver("one", to: "\(folder.path)/taken/mail") }
    }
}
