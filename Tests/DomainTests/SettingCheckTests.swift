import Domain
import Testing

struct SettingCheckTests {
    private let place = Diagnostic.Location(file: "t.yaml", line: 1, column: 1)

    private func node(_ value: SettingNode.Value) -> SettingNode { SettingNode(value, at: place) }
    private func map(_ pairs: (String, SettingNode.Value)...) -> SettingNode {
        node(.map(pairs.map { (key: $0.0, node: node($0.1)) }))
    }

    private let options = [
        OptionSpec("row_drop", .percent, "A limit."), OptionSpec("settle", .duration, "A wait.", required: .required),
        OptionSpec("password", .secret, "A secret."), OptionSpec("files", .list(.text), "Names."),
        OptionSpec("then", .either([.choice(["leave", "delete"]), .object([OptionSpec("move", .text, "Where.", required: .required)])]), "After."),
    ]

    @Test func `a right file has no problems`() {
        let file = map(
            ("row_drop", .scalar("20%")), ("settle", .scalar("30s")), ("files", .list([node(.scalar("*.csv"))])),
            ("password", .map([(key: "env", node: node(.scalar("NAME")))])), ("then", .map([(key: "move", node: node(.scalar("x")))]))
        )

        #expect(SettingCheck.problems(in: file, against: options) == [])
    }

    @Test func `an unknown key is an error with its place and a guess`() throws {
        let problems = SettingCheck.problems(in: map(("settel", .scalar("30s")), ("settle", .scalar("1s"))), against: options)

        let problem = try #require(problems.first)
        #expect(problem.code == "SETTINGS-UNKNOWN")
        #expect(problem.location == place)
        #expect(problem.fix == "did you mean settle?")
    }

    @Test(arguments: [
        ("row_drop", "lots", "SETTINGS-VALUE"), ("settle", "30", "SETTINGS-VALUE"), ("settle", "-1s", "SETTINGS-VALUE"),
        ("password", "hunter2", "SECRET-WRITTEN"), ("then", "burn", "SETTINGS-VALUE"),
    ])
    func `a wrong value is named with what would be right`(key: String, value: String, code: String) {
        let problems = SettingCheck.problems(in: map((key, .scalar(value)), ("settle", .scalar("1s"))), against: options)

        #expect(problems.contains { $0.code == code || $0.code == "SETTINGS-TWICE" })
    }

    @Test func `S6 a secret's value in the settings is refused and not repeated`() throws {
        let problems = SettingCheck.problems(in: map(("settle", .scalar("1s")), ("password", .scalar("hunter2"))), against: options)

        #expect(problems.count == 1)
        #expect(!problems[0].description.contains("hunter2"))
    }

    @Test func `a missing required setting and a repeated key are problems`() {
        #expect(SettingCheck.problems(in: map(("row_drop", .scalar("off"))), against: options).map(\.code) == ["SETTINGS-MISSING"])
        let twice = map(("settle", .scalar("1s")), ("settle", .scalar("2s")))
        #expect(SettingCheck.problems(in: twice, against: options).map(\.code) == ["SETTINGS-TWICE"])
    }

    @Test(arguments: [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("0s", 0)])
    func `durations are written with their unit`(text: String, seconds: Int64) {
        #expect(Duration(setting: text) == .seconds(seconds))
    }
}
