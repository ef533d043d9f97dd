import Domain

/// What an unknown file is and how to read it: proposals with their evidence, and questions where it cannot be known.
///
/// Pure: the same bytes, profiles and answers give the same guess.
package struct FileGuess: Sendable {
    /// Where the proposed profile is from.
    package enum Source: Sendable {
        /// It came with the program or is the site's own.
        case known
        /// It is new: these files are to be written.
        case drafted(ProfileDraft)
    }

    package let report: InspectionReport
    package let encoding: Guess<TextEncoding>
    package let key: Guess<String>?
    /// `nil` where the columns are enough for nothing.
    package let entity: Guess<GuessedEntity?>
    /// All that the file is enough for.
    package let entities: [GuessedEntity]
    package let profile: Guess<Profile>
    package let source: Source
    package let preview: MappedPreview
    package let questions: [Question]
    /// The trailer that the known profile lacks: the members of its `trailer` in profile.json.
    package let trailer: [(name: String, value: String)]

    /// `bytes` are the beginning of a file of `size` bytes, `known` the profiles to choose from, `name` that of a new profile.
    ///
    /// Throws `GUESS-…` where the content cannot be a table or document, `ANSWER-…` where an answer is impossible.
    ///
    /// `witnesses` are lines behind that beginning that are not ASCII.
    package init(
        _ bytes: [UInt8], file: String, size: Int? = nil, witnesses: [UInt8] = [], known: [Profile], name: String,
        answers: GuessAnswers = GuessAnswers()
    ) throws {
        let wanted = try answers.choice("entity", of: GuessedEntity.allCases.map(\.rawValue)).flatMap { GuessedEntity(rawValue: $0) }
        var steps = GuessSteps(bytes: bytes, file: file, known: known, newName: name, answers: answers, wanted: wanted)
        var hints = try steps.hints()
        hints.witnesses = witnesses
        let (report, text) = FileInspector.examine(bytes, file: file, size: size, hints: hints)
        let isWhole = report.inspected == report.size
        let found: GuessSteps.Found
        if let text, !text.rows.isEmpty {
            found = try steps.table(report, text)
        } else if ContentSignature(head: bytes) == .xml {
            found = try steps.document { try DocumentInspection(bytes, file: file, isWhole: isWhole, record: answers["record"]) }
        } else if ContentSignature(head: bytes) == .json {
            found = try steps.objects()
        } else {
            throw Diagnostic(
                "GUESS-CONTENT", report.verdict, at: .init(file: file),
                fix: "give a sample of delimited text or XML, with some records in it")
        }
        self.report = report
        encoding = found.encoding
        key = found.key
        profile = found.profile
        source = found.source
        entities = found.entities
        entity = steps.entity(entities, found.fields)
        preview = try MappedPreview(profile.value, sample: bytes)
        questions = steps.questions
        trailer =
            found.trailer.map { trailer in
                (trailer.firstCell.map { [(name: "first_cell", value: JSONText.text($0).inline)] } ?? [])
                    + (trailer.countCell.map { [(name: "count_cell", value: "\($0)")] } ?? [])
            } ?? []
    }

    /// As above, for the file at `path`. Throws `FILE-OPEN` and `FILE-READ` too.
    package init(path: String, known: [Profile], name: String, answers: GuessAnswers = GuessAnswers()) throws {
        let sample = try FileInspector.sample(of: path)
        try self.init(
            sample.bytes, file: sample.name, size: sample.size, witnesses: sample.witnesses, known: known, name: name, answers: answers)
    }
}
