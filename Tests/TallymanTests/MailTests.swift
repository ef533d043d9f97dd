import Foundation
import MagentoSandbox
import TestKit
import Testing

/// Outcomes by mail, from the program to a real mail server.
@Suite(.enabled(if: MailServer.isPresent, "aiosmtpd is not installed: scripts/python.sh"))
struct MailTests {
    private static func withMail<Result>(
        _ server: MailServer, mail: String? = nil, _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        var settings = SettingsText()
        settings.lines = ["owner: ops@acme.example", "mail: {\(mail ?? "smtp: \"smtp://127.0.0.1:\(server.port)\""), from: tallyman@acme.example}"]
        return try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "10"), Installation.line("B", "x1")], minute: 1)
            return try await body(installation)
        }
    }

    @Test func `I1 a run with rejects is told to the owner, with the rejected records`() async throws {
        let server = try MailServer(.plain)
        try await Self.withMail(server) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 3)
            let mail = try #require(server.mails(atLeast: 1).first)
            #expect(mail.to == ["ops@acme.example"] && mail.from == "tallyman@acme.example")
            #expect(mail.text.contains("2 rows =3D 1 applied + 1 rejected") && mail.text.contains("filename=\"stock-run1_rejects.csv\""))
            #expect(try await installation.tallyman("mail").output == "no mail waits\n")
        }
    }

    @Test func `a mail server that is down changes nothing about a run, and the mail goes later`() async throws {
        let server = try MailServer(.plain, faults: [.greylists(1)])
        try await Self.withMail(server) { installation in
            let run = try await installation.tallyman("run", "stock")
            let list = try await installation.tallyman("mail")

            #expect(run.exit == 3 && run.output.contains("mail waits") && run.output.contains("451 4.7.1 greylisted"))
            #expect(list.output.contains("ops@acme.example") && list.output.contains("waiting"))
            #expect(server.mails(atLeast: 0).isEmpty)
        }
    }

    @Test func `a secret of the mail server that is gone is told, and changes nothing about a run`() async throws {
        let server = try MailServer(.plain)
        try await Self.withMail(server, mail: "smtp: \"smtp://127.0.0.1:\(server.port)\", user: reports, password: {file: gone}") { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 3, "\(run.all)")
            #expect(run.errors.contains("SECRET-MISSING"))
        }
    }

    @Test func `one event is one mail: a held plan and a failed run are told by the run's own mail, which says what happened`() async throws {
        let server = try MailServer(.plain)
        var settings = SettingsText()
        settings.lines = ["owner: ops@acme.example", "mail: {smtp: \"smtp://127.0.0.1:\(server.port)\", from: tallyman@acme.example}"]
        settings.approve = "always"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "10")], minute: 1)
            let held = try await installation.tallyman("run", "stock")
            try installation.drop("two.csv", content: Data("nothing of a stock file\r\n1\r\n".utf8), minute: 2)
            let failed = try await installation.tallyman("run", "stock")
            #expect(held.exit == 4 && failed.exit == 1, "\(held.all) \(failed.all)")

            let subjects = try await installation.query("SELECT subject FROM mail ORDER BY id")
            let open = try await installation.tallyman("alarms", "--json").output
            #expect(subjects.count == 2, "\(subjects)")
            #expect(subjects.contains { $0.contains("[FAILED] Stock") && $0.contains("nothing applied: ") }, "\(subjects)")
            #expect(open.contains("PLAN-HELD") && open.contains("RUN-FAILED"), "the alarms are open all the same: \(open)")
        }
    }

    /// A server as companies run it: it takes nothing without TLS and an account.
    @Test(.enabled(if: OpenSMTPD.isPresent, "OpenSMTPD is not there: scripts/opensmtpd.sh, as root"))
    func `I1 a run's outcome reaches the mailbox over STARTTLS, once, and a server that is not trusted gets nothing`() async throws {
        let server = try OpenSMTPD(.starttlsAndLogin)
        let trust = TemporaryFolder()
        let unknown = try CertificateAuthority()
        let authorities = trust.write("mail-ca.pem", try #require(TemporaryFolder.content(of: unknown.certificate)))
        let way = "smtp: \"smtp://127.0.0.1:\(server.port)\", user: reports, password: {env: MAIL_PASSWORD}, authorities: \(authorities)"
        var settings = SettingsText()
        settings.lines = ["owner: ann@acme.example", "mail: {\(way), from: tallyman@acme.example}"]
        let password = ["MAIL_PASSWORD": "open sesame"]
        try await Installation.with(settings: settings) { installation in
            try installation.drop("one.csv", [Installation.line("A", "10"), Installation.line("B", "x1")], minute: 1)

            let distrusted = try await installation.tallyman("mail", "test", "ann@acme.example", adding: password)
            let nothing = server.mails(atLeast: 0)
            trust.write("mail-ca.pem", try #require(TemporaryFolder.content(of: server.authority)))
            let run = try await installation.tallyman("run", "stock", adding: password)
            let again = try await installation.tallyman("mail", "send", adding: password)

            #expect(distrusted.exit == 1 && distrusted.errors.contains("is not trusted") && nothing.isEmpty, "\(distrusted.all)")
            #expect(run.exit == 3 && again.output == "0 sent, 0 wait, 0 refused\n", "\(run.all) \(again.all)")
            let mails = server.mails(atLeast: 1)
            #expect(mails.map(\.to) == [["ann@acme.example"]] && mails.map(\.user) == ["reports"] && mails.map(\.tls) == [true])
            #expect(mails.first?.text.contains("2 rows =3D 1 applied + 1 rejected") == true)
        }
    }

    /// A mail is decided and written down, claimed, sent, settled. Killed around each of these, the next call has it or sends it.
    @Test func `F76 a kill between a run's end and its mail loses no mail and doubles none that was settled`() async throws {
        let crossings = try await Self.withMail(MailServer(.plain)) { installation in
            try installation.write("", to: "crossings")
            _ = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
            return try String(contentsOfFile: "\(installation.folder)/crossings", encoding: .utf8).split(separator: "\n").count
        }
        // Two commits, the sending and a commit, each with a before and an after, and the look that finds nothing more.
        for point in (crossings - 8)...crossings {
            let server = try MailServer(.plain)
            try await Self.withMail(server) { installation in
                let killed = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "\(point)"])
                #expect(killed.status == .signal(SIGKILL), "\(point): \(killed.all)")

                _ = try await installation.tallyman("mail", "send")

                let waiting = try await installation.tallyman("mail", "--json").json().elements?.count ?? 0
                let taken = server.mails(atLeast: waiting == 0 ? 1 : 0)
                #expect(taken.count + waiting >= 1 && Set(taken.map(\.messageID)).count <= 1, "\(point)")
                #expect(taken.count <= 1, "\(point): a claimed copy is left alone for minutes")
            }
        }
    }

    @Test func `mail goes through the machine's own program where the settings say so`() async throws {
        let server = try MailServer(.plain)
        let folder = TemporaryFolder()
        let program = folder.write(
            "sendmail", Array("#!/bin/sh\necho \"$@\" > \(folder.path)/arguments\ncat > \(folder.path)/mail\n".utf8), mode: 0o755)
        try await Self.withMail(server, mail: "sendmail: \(program)") { installation in
            _ = try await installation.tallyman("run", "stock")

            #expect(try String(contentsOfFile: "\(folder.path)/arguments", encoding: .utf8) == "-i -f tallyman@acme.example -- ops@acme.example\n")
            let mail = try String(contentsOfFile: "\(folder.path)/mail", encoding: .utf8)
            #expect(mail.contains("\nTo: ops@acme.example\n") && !mail.contains("\r"))
        }
    }

    @Test func `mail test proves the way, and says what is wrong with it`() async throws {
        let server = try MailServer(.plain, faults: [.knowsNo("nobody@acme.example")])
        try await Self.withMail(server) { installation in
            let good = try await installation.tallyman("mail", "test", "ann@acme.example")
            let bad = try await installation.tallyman("mail", "test", "nobody@acme.example")

            #expect(good.exit == 0 && server.mails(atLeast: 1).first?.to == ["ann@acme.example"])
            #expect(bad.exit == 1 && bad.errors.contains("550 5.1.1 no such user"))
        }
    }

    @Test func `settings whose reports nobody would get are refused`() async throws {
        var settings = SettingsText()
        settings.lines = ["mail: {smtp: \"smtp://127.0.0.1:1\", from: \"no address\"}"]
        try await Installation.with(settings: settings) { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 2)
            #expect(lint.all.contains("is no mail address") && lint.all.contains("the mails of flow stock have no recipient"))
        }
    }
}
