import Console
import Domain
import Foundation
import StateStore

/// What of the operators' console a person would find out too late: links in mails that lead nowhere, a certificate that ends, people without a
/// second factor, nobody who may add others, an address that is open to more than the web server before it.
extension DoctorCommand {
    /// Nothing where no console is set up.
    func consoleLines(_ assembly: Assembly, _ environment: [String: String] = ProcessInfo.processInfo.environment) -> [Line] {
        let link = assembly.settings.root["console"]?.text("url")
        let path = environment["TALLYMAN_CONSOLE"] ?? "/etc/tallyman/console.yaml"
        guard FileManager.default.fileExists(atPath: path) else {
            guard let link else { return [] }
            return [
                Line(
                    "console", .warning, "mails link to \(link), and \(path) is not there",
                    fix: "write the console's file (docs/console.md), or take console out of the settings")
            ]
        }
        do {
            let file = try ConsoleFile(path: path)
            return [urlLine(link, file), proxyLine(file)] + answerLines(file, at: assembly.timeline.now()) + (try userLines(file))
        } catch {
            return [failed("console", error)]
        }
    }

    private func urlLine(_ link: String?, _ file: ConsoleFile) -> Line {
        let url = file.settings.url
        guard let link else {
            return Line("console.url", .warning, "mails do not link to the console", fix: "add console: {url: \(url)} to the settings")
        }
        guard link.trimmingCharacters(in: ["/"]) == url else {
            return Line("console.url", .failed, "mails link to \(link), and the console is \(url)", fix: "write the same address in both files")
        }
        return Line("console.url", .good, "mails link to \(url)")
    }

    private func proxyLine(_ file: ConsoleFile) -> Line {
        let address = "\(file.settings.host):\(file.settings.port)"
        if let proxy = file.settings.proxy {
            let addresses = proxy.addresses.sorted()
            let wide = addresses.filter { !["127.0.0.1", "::1"].contains($0) }
            guard wide.isEmpty else {
                return Line(
                    "console proxy", .warning,
                    "a single sign-on is trusted from \(wide.joined(separator: ", ")), and the console is reached from this machine alone",
                    fix: "name the address that the proxy connects from: 127.0.0.1")
            }
            return Line("console proxy", .good, "who is named in \(proxy.header) is trusted from \(addresses.joined(separator: ", ")) with a secret")
        }
        // What a web server says of who asks is not read, so nothing is trusted that somebody else could say.
        return file.settings.isEncrypted
            ? Line("console proxy", .good, "\(address) is reached from this machine alone; headers of the web server before it are not trusted")
            : Line("console proxy", .good, "\(address) is reached from this machine alone, and no web server stands before it")
    }

    /// Whether it answers under the address that people use, and how long its certificate lasts.
    private func answerLines(_ file: ConsoleFile, at now: UTCInstant) -> [Line] {
        let (status, said) = Self.curl(["-sv", "--max-time", "10", "-o", "/dev/null", "\(file.settings.url)/health"])
        guard let status else { return [Line("console answer", .skipped, "curl is not installed here")] }
        let isAnswered = said.contains("< HTTP/1.1 200") || said.contains("< HTTP/2 200")
        guard status == 0, isAnswered else {
            let why =
                said.split(separator: "\n").last { $0.hasPrefix("* ") || $0.hasPrefix("< HTTP") }.map { String($0.dropFirst(2)) }
                ?? "curl ended with \(status)"
            return [
                Line(
                    "console answer", .failed, "\(file.settings.url) does not answer as the console: \(Escaped(why, limit: 200))",
                    fix: "start tallyman-console, and check the web server before it")
            ]
        }
        let answer = Line("console answer", .good, "\(file.settings.url) answers")
        guard file.settings.isEncrypted else { return [answer] }
        return [answer, Self.certificateLine(said, at: Date(timeIntervalSince1970: Double(now.milliseconds) / 1000))]
    }

    /// `* expire date: Nov 30 09:00:00 2026 GMT`, as curl says it.
    static func certificateLine(_ said: String, at now: Date) -> Line {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = .gmt
        format.dateFormat = "MMM d HH:mm:ss yyyy zzz"
        let line = said.split(separator: "\n").first { $0.contains("expire date: ") }
        let text = line?.components(separatedBy: "expire date: ").last
        let plain = text?.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        guard let plain, let end = format.date(from: plain.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            return Line("console certificate", .skipped, "curl does not say when it ends")
        }
        let days = Int((end.timeIntervalSince(now) / 86_400).rounded(.down))
        guard days >= 21 else {
            return Line(
                "console certificate", days < 7 ? .failed : .warning, days < 0 ? "it ended \(-days) days ago" : "it ends in \(days) days",
                fix: "renew it at the web server")
        }
        return Line("console certificate", .good, "it ends in \(days) days")
    }

    private func userLines(_ file: ConsoleFile) throws -> [Line] {
        let users = try file.store().users().filter { !$0.isLocked }
        let admins = users.filter(\.isAdmin)
        var lines: [Line] = []
        switch admins.count {
        case 0:
            lines.append(
                Line("console admins", .failed, "nobody may add people or end sessions", fix: "tallyman user grant NAME --admin, on this machine"))
        case 1:
            lines.append(
                Line(
                    "console admins", .warning, "only \(admins[0].name) may add people",
                    fix: "give a second person --admin, for the day the first one is away"))
        default: lines.append(Line("console admins", .good, "\(admins.count) people may add others"))
        }
        let needing = users.filter { $0.passwordHash != nil && $0.factor == nil }
        if file.settings.secondFactor == .off {
            lines.append(
                Line(
                    "console second factor", .warning, "it is off: a password alone opens the console (ASVS 5.0, 6.3.3)",
                    fix: "set second_factor: everyone, unless only this machine reaches it"))
        } else if let first = needing.first(where: {
            file.settings.secondFactor == .everyone || $0.isAdmin || $0.grants.contains { $0.role == .approver }
        }) {
            lines.append(
                Line(
                    "console second factor", .failed, "\(first.name) signs in with a password alone",
                    fix: "tallyman user reset \(first.name): the new link asks for an authenticator"))
        } else {
            lines.append(Line("console second factor", .good, "everybody who needs one has one"))
        }
        return lines
    }

    /// The status, and what curl said; `nil` where there is no curl.
    private static func curl(_ arguments: [String]) -> (status: Int32?, said: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return (nil, "") }
        let said = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
}
