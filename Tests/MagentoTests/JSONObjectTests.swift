import Testing

@testable import Magento

struct JSONObjectTests {
    private static func text(_ names: some Sequence<String>) -> [UInt8] {
        Array("{\(names.map { "\"\($0)\":\"of \($0)\"" }.joined(separator: ","))}".utf8)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 18, 300, 100_000])
    func `an object gives every member by its name, however many it has`(_ count: Int) throws {
        guard case .object(let object) = try JSONReader.read(Self.text((0..<count).map { "m\($0)" })) else { return #expect(Bool(false)) }

        #expect(object.count == count && Set(object.names).count == count)
        for index in 0..<count { #expect(object["m\(index)"]?.text == "of m\(index)") }
        #expect(object["m\(count)"] == nil && object[""] == nil)
    }

    @Test(arguments: [2, 16, 17, 18, 50_000])
    func `F65 a name twice is refused in objects small and large`(_ count: Int) {
        let names = (1..<count).map { "m\($0)" } + ["m1"]
        #expect(throws: JSONReader.Problem.duplicateName("m1")) { try JSONReader.read(Self.text(names)) }
    }

    @Test(arguments: [#"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"a/b":1,"a\/b":2}"#, #"{"":1,"":2}"#, #"{"é":1,"e\#u{301}":2}"#])
    func `F65 a name twice is refused however it is written`(_ text: String) {
        #expect(throws: JSONReader.Problem.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test(arguments: [5, 16, 17, 40])
    func `an object cut anywhere is refused`(_ count: Int) {
        let whole = Self.text((0..<count).map { "m\($0)" })
        for end in 0..<whole.count { #expect(throws: JSONReader.Problem.self) { try JSONReader.read(Array(whole[..<end])) } }
    }

    @Test(arguments: [3, 16, 17, 30])
    func `members are set, changed and taken away`(_ count: Int) {
        var object = JSONObject()
        for index in 0..<count { object["m\(index)"] = .number("\(index)") }
        object["m1"] = .bool(true)
        object["m2"] = nil
        object["none"] = nil

        #expect(object.count == count - 1 && object["m1"] == .bool(true) && object["m2"] == nil && object["m0"]?.whole == 0)
        #expect(object.merging(["m0": .null, "new": .null]).count == count)
        #expect(object.merging(["m0": .null])["m0"] == .null)
    }

    @Test(arguments: [2, 16, 17, 18])
    func `objects are equal in whatever order and by whatever way their members came`(_ count: Int) {
        let names = (0..<count).map { "m\($0)" }
        var one = JSONObject()
        for name in names { one[name] = .string(name) }
        var other = JSONObject()
        for name in names.reversed() + ["gone"] { other[name] = .string(name) }
        #expect(one != other)
        other["gone"] = nil

        #expect(one == other && one.hashValue == other.hashValue)
        #expect(JSON.object(one).bytes == JSON.object(other).bytes)
        other["m1"] = .null
        #expect(one != other)
    }
}
