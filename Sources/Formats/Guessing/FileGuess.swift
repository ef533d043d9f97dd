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
    package private(set) var questions: [Question]

    /// So much of a sample is read through each known profile.
    private static let trialSize = 1 << 19

    /// `bytes` are the beginning of a file of `size` bytes, `known` the profiles to choose from, `name` that of a new profile.
    ///
    /// Throws `GUESS-…` where the content cannot be a delimited file, `ANSWER-…` where an answer is impossible.
    package init(_ bytes: [UInt8], file: String, size: Int? = nil, known: [Profile], name: String, answers: GuessAnswers = GuessAnswers()) throws {
        let hints = try Self.hints(answers)
        let (report, text) = FileInspector.examine(bytes, file: file, size: size, hints: hints)
        guard let text, !text.rows.isEmpty else {
            throw Diagnostic(
                "GUESS-CONTENT", report.verdict, at: .init(file: file), hint: "give a sample of delimited text, with some records in it")
        }
        guard let found = report.encoding, let encoding = found.encoding else {
            throw Diagnostic(
                "GUESS-ENCODING", "the encoding cannot be read: \(report.encoding?.name ?? "unknown")", at: .init(file: file),
                hint: "ask for the file in UTF-8, or answer with encoding: one of \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var questions: [Question] = []
        self.encoding = Self.encoding(found, encoding, &questions)
        self.report = report

        var columns = report.columns
        let styles = try StyleGuess(&columns, answers: answers)
        var fields = try FieldGuess(columns, answers: answers)
        let key = try KeyGuess(columns, fields: &fields, answers: answers).column
        let trailer = try TrailerGuess(text.body, width: text.guess.width, isWhole: report.inspected == report.size, answers: answers).trailer

        let wanted = try answers.choice("entity", of: GuessedEntity.allCases.map(\.rawValue)).flatMap { GuessedEntity(rawValue: $0) }
        let sample = Self.sample(bytes, encoding)
        let match = try Self.match(
            known, sample: sample, text: text, entity: wanted, answer: answers["profile"], file: file)
        if let match {
            profile = Guess(match.value.profile, match.certainty, match.evidence)
            source = .known
            entities = GuessedEntity.allCases.filter { $0.isFed(by: match.value.profile.mappedFields) }
            self.key = match.value.profile.keyColumn.map { Guess($0, match.certainty, "the profile says so") }
            if match.certainty == .unsure {
                questions.append(
                    Question(key: "profile", text: match.evidence, choices: known.map(\.name) + ["new"], assumed: match.value.profile.name))
            }
        } else {
            guard text.captions.isEmpty || !ProfileDraft.singleCaptions(text.captions).isEmpty else {
                throw Diagnostic(
                    "GUESS-HEADER", "no caption stands for one column alone", at: .init(file: file, line: report.headerLine),
                    hint: "answer with header: none, or with the number of the header's line")
            }
            let draft = ProfileDraft(
                title: "Proposed from \(Escaped(file, limit: 60))",
                .init(report: report, text: text, encoding: encoding, columns: columns, fields: fields.columns.mapValues(\.value), trailer: trailer.value))
            profile = Guess(try draft.loaded(as: name), .likely, "no known profile fits; a new one is proposed")
            source = .drafted(draft)
            entities = fields.entities
            self.key = key.map { Guess(columns[$0.value].caption, $0.certainty, $0.evidence) }
            let needed = Set(fields.columns.values.map(\.value).map { columns[$0].caption })
            questions += styles.questions.filter { question in needed.contains { question.key.hasSuffix(".\($0)") } }
            questions += Self.questions(key: key, trailer: trailer, columns)
        }
        entity = Self.entity(wanted, entities, match == nil ? fields : nil, &questions)
        preview = try MappedPreview(profile.value, sample: bytes)
        self.questions = questions
    }

    /// As above, for the file at `path`. Throws `FILE-OPEN` and `FILE-READ` too.
    package init(path: String, known: [Profile], name: String, answers: GuessAnswers = GuessAnswers()) throws {
        let sample = try FileInspector.sample(of: path)
        try self.init(sample.bytes, file: sample.name, size: sample.size, known: known, name: name, answers: answers)
    }

    // MARK: Steps

    private static func hints(_ answers: GuessAnswers) throws -> InspectionHints {
        var hints = InspectionHints()
        hints.encoding = try answers.choice("encoding", of: TextEncoding.allCases.map(\.rawValue)).flatMap { TextEncoding(named: $0) }
        let separators = ["comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"]
        hints.separator = try answers.choice("separator", of: separators.keys.sorted()).flatMap { separators[$0]?.utf8.first }
        if let header = answers["header"] {
            guard header == "none" || Int(header) != nil else { throw GuessAnswers.unknown("header", header, ["none", "the header's line number"]) }
            hints.header = Int(header).map { .line($0) } ?? .absent
        }
        return hints
    }

    private static func encoding(_ found: InspectionReport.Encoding, _ encoding: TextEncoding, _ questions: inout [Question]) -> Guess<TextEncoding> {
        switch found.confidence {
        case .certain where found.name == "ascii":
            return Guess(encoding, .likely, "no byte above 127, so every page reads it alike; utf-8 is taken")
        case .certain: return Guess(encoding, .sure, found.evidence)
        case .likely: return Guess(encoding, .likely, found.evidence)
        case .guess:
            questions.append(
                Question(
                    key: "encoding", text: "the encoding is a guess: \(found.evidence)", choices: TextEncoding.allCases.map(\.rawValue),
                    assumed: encoding.rawValue))
            return Guess(encoding, .unsure, found.evidence)
        }
    }

    /// Whole lines of the beginning, in the file's own encoding.
    private static func sample(_ bytes: [UInt8], _ encoding: TextEncoding) -> [UInt8] {
        guard bytes.count > trialSize, !encoding.isUTF16 else { return bytes }
        let head = bytes[..<trialSize]
        return head.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { Array(head[...$0]) } ?? bytes
    }

    private static func match(
        _ known: [Profile], sample: [UInt8], text: TextInspection, entity: GuessedEntity?, answer: String?, file: String
    ) throws -> Guess<ProfileMatch>? {
        guard let answer else {
            return ProfileMatch.best(known, sample: sample, hasHeader: text.header.row != nil, entity: entity)
        }
        if answer == "new" { return nil }
        guard let profile = known.first(where: { $0.name == answer }) else {
            throw GuessAnswers.unknown("profile", answer, known.map(\.name) + ["new"])
        }
        guard let match = ProfileMatch(profile, sample: sample) else {
            throw Diagnostic(
                "GUESS-PROFILE", "\(answer) does not read this file", at: .init(file: file), hint: "tallyman check says why; or answer profile: new")
        }
        return Guess(match, .sure, "as answered")
    }

    /// `fields` are the guessed ones, `nil` where a known profile says what the columns are.
    private static func entity(
        _ wanted: GuessedEntity?, _ entities: [GuessedEntity], _ fields: FieldGuess?, _ questions: inout [Question]
    ) -> Guess<GuessedEntity?> {
        if let wanted, entities.contains(wanted) { return Guess(wanted, .sure, "as answered") }
        let names = entities.map(\.rawValue).joined(separator: ", ")
        let evidence = entities.isEmpty ? "no entity has the columns it needs" : "the columns are enough for \(names)"
        let first = entities.first
        let certainty = first.map { fields?.certainty(of: $0) ?? .sure } ?? .unsure
        if certainty == .unsure {
            questions.append(
                Question(
                    key: "entity", text: evidence + "; name the columns with fields.sku, fields.price and so on",
                    choices: GuessedEntity.allCases.map(\.rawValue), assumed: first?.rawValue ?? "none"))
        }
        return Guess(first, entities.count > 1 ? max(certainty, .likely) : certainty, evidence)
    }

    private static func questions(key: Guess<Int>?, trailer: Guess<Layout.Trailer?>, _ columns: [InspectionReport.Column]) -> [Question] {
        var questions: [Question] = []
        if key == nil || key?.certainty == .unsure {
            questions.append(
                Question(
                    key: "key", text: key?.evidence ?? "no column is filled and different in every row", choices: columns.map(\.caption),
                    assumed: key.map { columns[$0.value].caption } ?? "none"))
        }
        if trailer.certainty == .unsure {
            questions.append(Question(key: "trailer", text: trailer.evidence, choices: ["yes", "no"], assumed: "no"))
        }
        return questions
    }
}
