import Domain
import Formats

/// What `init` says about a sample.
struct InitPrinter {
    let output: Output
    let sample: String

    func print(_ guess: FileGuess) {
        output.line(output.styled(sample, .strong) + "  " + guess.report.verdict)
        line("encoding", guess.encoding.value.rawValue, guess.encoding.certainty, guess.encoding.evidence)
        line("profile", guess.profile.value.name, guess.profile.certainty, guess.profile.evidence)
        line("entity", guess.entity.value?.rawValue ?? "none", guess.entity.certainty, guess.entity.evidence)
        if let key = guess.key { line("key", key.value, key.certainty, key.evidence) }
        output.line()
        output.table(guess.preview.header, guess.preview.rows)
        output.line("\(guess.preview.records) records read, \(guess.preview.rejected) rejected")
        if let reason = guess.preview.firstReason {
            output.line("  the first: \(reason.code)\(reason.column.map { " in '\($0)'" } ?? ""): \(reason.text)")
        }
        guard !guess.questions.isEmpty else { return }
        output.line()
        output.line(output.styled("unsure; until you answer, this is taken:", .warning))
        for question in guess.questions {
            output.line("  \(question.key): \(question.assumed)")
            output.line("    \(question.text)")
            output.line("    answers: \(question.choices.prefix(8).joined(separator: ", "))\(question.choices.count > 8 ? ", …" : "")")
        }
        output.line("  Write the lines that are wrong into a file as KEY: ANSWER and give it with --answers FILE.")
    }

    func end(written: [String], settings: String) {
        output.line()
        for path in written { output.line("written: \(path)") }
        output.line("Fill in what is marked in the settings, then: tallyman lint --settings \(settings)")
    }

    private func line(_ what: String, _ value: String, _ certainty: Certainty, _ evidence: String) {
        let padded = what + String(repeating: " ", count: 9 - what.count)
        output.line("  \(padded) \(value) (\(certainty.rawValue): \(evidence))")
    }
}
