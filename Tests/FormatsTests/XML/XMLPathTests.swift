import Testing

@testable import Formats

/// What a path of `document.json` may look like.
struct XMLPathTests {
    @Test(arguments: [
        ("Price/Amount", 2, XMLPath.Value.text), ("@id", 0, .attribute("id")), ("Price/@cur", 1, .attribute("cur")),
        (".", 0, .text), ("*/name()", 1, .name), ("Qty/text()", 1, .text), ("Pr[@type='net']/Amount", 2, .text),
        ("Prop[Name=\"Weight\"]/Value", 2, .text), ("A[@u='x/y']/B", 2, .text),
    ])
    func `a path is steps and what is taken at their end`(text: String, steps: Int, value: XMLPath.Value) throws {
        let path = try XMLPath(text)

        #expect(path.steps.count == steps)
        #expect(path.value == value)
        #expect(path.start == .record(above: 0))
    }

    @Test func `a path starts at the document or at an ancestor`() throws {
        #expect(try XMLPath("/Header/Currency").start == .document)
        #expect(try XMLPath("../@sku").start == .record(above: 1))
        #expect(try XMLPath("../../Code").start == .record(above: 2))
        #expect(try XMLPath("..").start == .record(above: 1))
    }

    @Test(arguments: [
        "a//b", "cbc:ID", "a/", "a[b]", "a[@b=c]", "a[@b='c'", "a b", "@", "a[b='1']/c[d='2']/e", "[@a='b']", "a/@b/c", "é/ß*",
    ])
    func `what is no path is refused`(text: String) {
        #expect(throws: XMLPath.Fault.self) { try XMLPath(text) }
    }
}
