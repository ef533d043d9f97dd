extension Gates {
    package static let options: [OptionSpec] = [
        OptionSpec("row_drop", .percent, "Hold a full file with this much fewer records than the last good one.", default: "20%"),
        OptionSpec("to_zero", .percent, "Hold when this share of the products that can be bought would no longer be.", default: "10%"),
        OptionSpec("unknown", .percent, "Hold when this share of the file's products is not in the shop.", default: "50%"),
        OptionSpec("rejected", .percent, "Hold when this share of the records cannot be taken.", default: "20%"),
        OptionSpec(
            "least", .integer(1...1_000_000),
            "The number of products or records from which a share counts. A smaller number holds a file only if it is all of them.", default: "3"),
        OptionSpec("max_age", .duration, "Hold figures older than this, by the time inside the file. No limit unless given.", example: "2h"),
        OptionSpec(
            "future", .duration,
            "Hold a file that is dated later than this after now (FILE-FUTURE): applied, it would outdate every file that follows. Days from which prices are valid do not count.",
            default: "1d"
        ),
        OptionSpec(
            "sequence", .choice(NumberSwitch.allCases.map(\.rawValue)),
            "What a gap in the sender's file numbers does, or a number that came before with other content: hold the plan, apply it and raise FILE-GAP, or nothing. Where the number is, where numbers end and when they begin anew, the profile says.",
            default: "hold"),
        OptionSpec(
            "header", .choice(Switch.allCases.map(\.rawValue)), "Columns that are new, gone or moved since the last good file.", default: "hold"),
        OptionSpec("empty", .choice(Switch.allCases.map(\.rawValue)), "A full file without a single record.", default: "hold"),
    ]

    /// `nil` where the flow says nothing of gates: then the defaults stand.
    package init(_ node: SettingNode?) throws {
        let standard = Gates()
        guard let node else {
            self = standard
            return
        }
        self.init(
            rowDrop: try node.percent("row_drop", default: standard.rowDrop),
            toZero: try node.percent("to_zero", default: standard.toZero),
            unknown: try node.percent("unknown", default: standard.unknown),
            rejected: try node.percent("rejected", default: standard.rejected),
            least: try node.integer("least") ?? standard.least,
            maximumAge: try node.duration("max_age"),
            future: try node.duration("future") ?? standard.future,
            sequence: try node.choice("sequence", default: standard.sequence),
            header: try node.choice("header", default: standard.header),
            empty: try node.choice("empty", default: standard.empty)
        )
    }
}
