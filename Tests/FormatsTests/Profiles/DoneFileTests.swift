import Domain
import Testing

@testable import Formats

/// What a profile says of done files.
struct DoneFileTests {
    private func complete(_ text: String) throws -> Profile.Completeness {
        try SampleProfile.make(profile: "{\"title\": \"T\", \"complete\": \(text)}").completeness
    }

    @Test(arguments: [("${name}.done", "${name}.done"), ("{name}.done", "${name}.done"), ("{stem}.ok", "${stem}.ok"), ("${stem}_END", "${stem}_END")])
    func `a done file is named as settings name it`(_ written: String, _ name: String) throws {
        #expect(try complete("{\"done_file\": \"\(written)\"}").doneFile == name)
    }

    @Test(arguments: [
        #"{"done_file": "ready.txt"}"#, #"{"done_file": "${name}"}"#, #"{"done_file": "{stem}/x"}"#, #"{"done_count": "{count}"}"#,
        #"{"done_file": "${name}.done", "done_count": "records"}"#, #"{"done_file": "${name}.done", "done_count": "{count}{count}"}"#,
    ])
    func `what cannot be the name of a done file, or no place of a count, is refused`(_ text: String) throws {
        #expect { try complete(text) } throws: { ($0 as? Diagnostic)?.code == "PROFILE-VALUE" }
    }

    @Test(arguments: [
        ("{count}", "3", 3), ("{count}", " 3 \r\n\r\n", 3), ("{count}", "2,000", 2000), ("{count}", "12.345.678", 12_345_678),
        ("{count}", "1 204", 1204), ("records={count}", "job 7\nRECORDS = 12\nbytes=900", 12), ("Rows: {count} sent", "rows : 5 sent", 5),
        ("{count} rows", "0 rows", 0),
    ])
    func `a count is read from its place, with or without groups of three`(_ form: String, _ content: String, _ count: Int) throws {
        #expect(try #require(DoneCount(form)).count(in: content, of: "a.done") == count)
    }

    @Test(arguments: [
        ("{count}", ""), ("{count}", "done"), ("{count}", "06:30"), ("{count}", "2026-11-30"), ("{count}", "2,00"), ("{count}", "1,234.567"),
        ("{count}", "-3"), ("{count}", "3\n4"), ("records={count}", "records="), ("records={count}", "3"), ("{count}", "99999999999999999999"),
        ("{count}", "٣"),
    ])
    func `what is no whole number in the place of the count states no count`(_ form: String, _ content: String) throws {
        let count = try #require(DoneCount(form))

        #expect { try count.count(in: content, of: "a.done") } throws: { ($0 as? Diagnostic)?.code == "FILE-DONE-COUNT" }
    }
}
