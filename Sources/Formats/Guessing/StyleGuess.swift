/// Settles what single columns leave open, with the evidence of the others, and asks where nothing decides.
struct StyleGuess {
    private(set) var questions: [Question] = []

    /// Changes the columns' readings to what is taken. Throws `ANSWER-VALUE`.
    init(_ columns: inout [InspectionReport.Column], answers: GuessAnswers) throws {
        let styles = columns.compactMap { Self.decisive($0.reading) }
        for index in columns.indices {
            switch columns[index].reading {
            case .number(let reading): columns[index].reading = .number(try settle(reading, columns[index], styles, answers))
            case .date(let reading): columns[index].reading = .date(try settle(reading, columns[index], columns, answers))
            case .empty, .text, .code, .boolean: break
            }
        }
    }

    /// The decimal sign that a column leaves no doubt about.
    private static func decisive(_ reading: ColumnReading) -> NumberStyle? {
        guard case .number(let number) = reading, number.other == nil else { return nil }
        switch number.style {
        case .plain, .blankGrouped, .apostropheGrouped: return number.isWhole ? nil : .plain
        case .blankContinental: return number.isWhole ? nil : .continental
        case .grouped, .continental: return number.style
        }
    }

    private mutating func settle(
        _ reading: ColumnReading.NumberReading, _ column: InspectionReport.Column, _ styles: [NumberStyle], _ answers: GuessAnswers
    ) throws -> ColumnReading.NumberReading {
        var reading = reading
        let key = "numbers.\(column.caption)"
        if let answer = try answers.choice(key, of: NumberStyle.allCases.map(\.example)) {
            reading.style = NumberStyle.allCases.first { $0.example == answer } ?? reading.style
            reading.other = nil
            return reading
        }
        guard let other = reading.other else { return reading }
        let hasComma = styles.contains(.continental)
        let hasPoint = styles.contains(.plain) || styles.contains(.grouped)
        if hasComma != hasPoint {
            if hasComma, other == .continental { reading.style = .continental }
            reading.other = nil
            return reading
        }
        questions.append(
            Question(
                key: key,
                text:
                    "'\(reading.doubtful ?? column.example)' in '\(column.caption)' can be read in two ways, as in \(reading.style.example) or as in \(other.example)",
                choices: [reading.style.example, other.example], assumed: reading.style.example))
        return reading
    }

    private mutating func settle(
        _ reading: ColumnReading.DateReading, _ column: InspectionReport.Column, _ columns: [InspectionReport.Column], _ answers: GuessAnswers
    ) throws -> ColumnReading.DateReading {
        var reading = reading
        let key = "dates.\(column.caption)"
        let answer = try answers.choice(key, of: ["day-first", "month-first"])
        guard let other = reading.other else { return reading }
        if let answer {
            reading.format = [reading.format, other].first { $0.hasPrefix(answer == "day-first" ? "%d" : "%m") } ?? reading.format
            reading.other = nil
            return reading
        }
        // Each column for itself: another column of the file may come from another program.
        questions.append(
            Question(
                key: key, text: "'\(column.example)' in '\(column.caption)': no value says whether day or month stands first",
                choices: ["day-first", "month-first"], assumed: reading.format.hasPrefix("%d") ? "day-first" : "month-first"))
        return reading
    }
}
