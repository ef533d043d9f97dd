import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Console

/// Lists and files that a browser saves.
@Suite struct DownloadTests {
    @Test func `the list of a cause is a file to be saved, in which no cell is a formula`() async throws {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: ["=cmd|'/c calc'!A1", "a,\"b\"\nc", "+1", "@x", "ü"])
        let browser = try await world.member(.viewer)
        for text in ["=cmd|'/c calc'!A1", "a,\"b\"\nc", "+1", "@x", "ü"] {
            let target =
                "/s/acme/errors/cause.csv?cause_flow=stock&cause_entity=stock&cause_code=NUMBER-FORMAT&cause_field=\(FormReader.encoded(text))"
            let answer = await browser.get(target)
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type") == "text/csv; charset=utf-8")
            #expect(answer.header("Content-Disposition")?.hasPrefix("attachment; filename=\"stock-NUMBER-FORMAT.csv\"") == true)
            #expect(answer.header("X-Content-Type-Options") == "nosniff")
            #expect(answer.header("Content-Security-Policy")?.contains("sandbox") == true)
            let lines = answer.text.components(separatedBy: "\r\n")
            #expect(lines.count == 3, "\(answer.text)")
            #expect(!answer.text.contains(",=") && !answer.text.contains(",+") && !answer.text.contains(",@"))
            if text == "a,\"b\"\nc" { #expect(answer.text.contains("\"a,\"\"b\"\"\nc\"")) }
        }
        #expect(await browser.get("/s/acme/errors/cause.csv").status == 404)
    }

    @Test func `what tells of people is hidden in every list without the right, and who takes it with the right is written down`() async throws {
        let world = try ConsoleWorld()
        let person = "Wilhelmina Quarterstaff"
        let run = try world.acme.arrange("accounts", texts: [person])
        let targets = [
            "/s/acme/errors/cause.csv?cause_flow=accounts&cause_entity=accounts&cause_code=NUMBER-FORMAT&cause_field=\(FormReader.encoded(person))",
            "/s/acme/runs/\(run)/changes.csv",
        ]
        let without = try await world.member(.approver)
        let with = try await world.member(.viewer, people: true)
        for target in targets {
            let hidden = await without.get(target).text.replacing("NUMBER-FORMAT,\(person),", with: "").replacing(",\(person),2026", with: ",2026")
            #expect(!hidden.contains("\(person),accounts") && !hidden.contains(",\(person),NUMBER-FORMAT"), "\(hidden)")
            #expect(hidden.contains(Masking.hidden))
            #expect(await with.get(target).text.contains(person))
        }
        let noted = try world.store.events(limit: 10).filter { $0.what == "downloaded persons' records" }
        #expect(noted.count == 2)
        #expect(noted.allSatisfy { $0.who == "viewer-people" })
    }

    @Test func `more causes than a page shows are on the next one, and numbers of an enemy are no address beyond it`() async throws {
        let world = try ConsoleWorld()
        try world.acme.arrange(texts: (1...45).map { "cause \($0)" })
        let browser = try await world.member(.operator)
        var seen: Set<Substring> = []
        var target = "/s/acme/errors?flow=stock"
        for page in 0..<3 {
            let text = await browser.get(target).text
            let found = text.matches(of: /<h2>1 × stock · NUMBER-FORMAT · column (cause \d+)/).map { $0.1 }
            #expect(found.count == (page < 2 ? 20 : 5))
            seen.formUnion(found)
            guard let next = text.firstMatch(of: /rel="next" href="([^"]+)"/) else { break }
            target = String(next.1).replacing("&amp;", with: "&")
        }
        #expect(seen.count == 45)
        for number in ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "x"] {
            for name in ["skip", "before", "after"] {
                #expect(await browser.get("/s/acme/errors?\(name)=\(number)").status == 200)
                #expect(await browser.get("/s/acme/runs?\(name)=\(number)").status == 200)
                #expect(await browser.get("/s/acme/files?\(name)=\(number)").status == 200)
            }
            world.clocks.advance(by: .seconds(11))
        }
    }

    @Test(arguments: ["plain.csv", "ü \"x\".csv", "a/../b.csv", "x\r\nSet-Cookie: y.csv", "\u{202E}vsc.exe"])
    func `a name of a file cannot leave its header`(_ name: String) {
        let header = Downloads.response([], type: "text/csv", named: Array(name.utf8)).header("Content-Disposition") ?? ""
        #expect(header.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        #expect(header.count(where: { $0 == "\"" }) == 2)
        #expect(!header.contains("/"))
    }
}
