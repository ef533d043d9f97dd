import Domain

/// The steps from what a file looks like to a proposal; collects the questions on the way.
struct GuessSteps {
    let bytes: [UInt8]
    let file: String
    let known: [Profile]
    /// The name of a profile that has to be made.
    let newName: String
    let answers: GuessAnswers
    /// The entity that was asked for.
    let wanted: GuessedEntity?
    private(set) var questions: [Question] = []

    init(bytes: [UInt8], file: String, known: [Profile], newName: String, answers: GuessAnswers, wanted: GuessedEntity?) {
        (self.bytes, self.file, self.known, self.newName, self.answers, self.wanted) = (bytes, file, known, newName, answers, wanted)
    }

    /// So much of a sample is read through each known profile.
    private static let trialSize = 1 << 19

    struct Found {
        var encoding: Guess<TextEncoding>
        var key: Guess<String>?
        var profile: Guess<Profile>
        var source: FileGuess.Source
        var entities: [GuessedEntity]
        /// `nil` where a known profile says what the columns are.
        var fields: FieldGuess?
        /// The trailer that a known profile lacks, where a person says that there is one.
        var trailer: Layout.Trailer?
    }

    // MARK: Tables

    mutating func table(_ report: InspectionReport, _ text: TextInspection) throws -> Found {
        guard let found = report.encoding, let page = found.encoding else {
            throw Diagnostic(
                "GUESS-ENCODING", "the encoding cannot be read: \(report.encoding?.name ?? "unknown")", at: .init(file: file),
                fix: "ask for the file in UTF-8, or answer with encoding: one of \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let encoding = encoding(found, page)
        var columns = report.columns
        let styles = try StyleGuess(&columns, answers: answers)
        let shape: ProfileMatch.Shape = text.header.row == nil ? .bare : .captioned
        if var known = try knownProfile(shape, sample: Self.sample(bytes, page), encoding) {
            // Shipped profiles know no trailer that is one site's own.
            if known.profile.value.layout.trailer == nil, try answers.choice("trailer", of: ["yes", "no"]) == "yes" {
                known.trailer = try TrailerGuess(
                    text.body, width: text.guess.width, isWhole: report.inspected == report.size, answers: answers
                ).trailer.value
            }
            return known
        }
        if let lines = text.shape { throw unlike(lines) }
        var fields = try FieldGuess(columns, answers: answers)
        let key = try KeyGuess(columns, fields: &fields, answers: answers).column
        if shape == .captioned {
            let pivot = try PivotGuess(columns, fields, wanted: wanted, answers: answers)
            if let found = pivot.found { fields.take(found) }
            questions += pivot.question.map { [$0] } ?? []
        }
        let trailer = try TrailerGuess(text.body, width: text.guess.width, isWhole: report.inspected == report.size, answers: answers).trailer
        let single = ProfileDraft.singleCaptions(text.captions)
        // A header may be wider than the table: what stands beyond it names no column.
        guard text.captions.isEmpty || text.captions.prefix(columns.count).contains(where: single.contains) else {
            throw Diagnostic(
                "GUESS-HEADER", "no caption stands for one column alone", at: .init(file: file, line: report.headerLine),
                fix: "answer with header: none, or with the number of the header's line")
        }
        if !text.captions.isEmpty {
            let several = fields.leaveOut { !single.contains(columns[$0].caption) }
            questions += several.map { field, index in
                Question(
                    key: "fields.\(field)",
                    text:
                        "the caption '\(columns[index].caption)' says \(field) and stands above several columns, so that a profile cannot name one; name another column, or ask the sender for captions of their own",
                    choices: columns.map(\.caption).filter(single.contains) + ["none"], assumed: "none")
            }
        }
        questions += fields.ambiguous.filter { fields.columns[$0.field] != nil }.map { field, captions in
            Question(
                key: "fields.\(field)", text: "\(captions.map { "'\(Escaped($0, limit: 40))'" }.joined(separator: ", ")) may all be \(field)",
                choices: captions + ["none"], assumed: captions[0])
        }
        if let group = fields.doubtfulGroup {
            questions.append(
                Question(
                    key: "fields.group",
                    text: "'\(group)' may be the products' group or the customers' price list; for tier prices, answer with its caption",
                    choices: [group, "none"], assumed: "none"))
        }
        if let sale = fields.doubtfulSalePrice {
            questions.append(
                Question(
                    key: "fields.special_price",
                    text: "'\(sale)' is taken for the price, as the file has no other; where it is a reduced one, answer with its caption",
                    choices: [sale, "none"], assumed: "none"))
        }
        let draft = ProfileDraft(
            title: title,
            .init(
                report: report, text: text, encoding: page, columns: columns, fields: fields.columns.mapValues(\.value), pivot: fields.pivot,
                trailer: trailer.value, pageTitles: try pageTitles(text.pages)))
        ask(styles, fields, columns)
        ask(key, columns)
        ask(text.header, text)
        questions += fields.misread.map { column in
            Question(
                key: "fields.\(column.field)",
                text:
                    "the caption '\(column.caption)' says \(column.field), but its values are no numbers that can be read, such as \(column.example)",
                choices: columns.map(\.caption) + ["none"], assumed: "none")
        }
        if trailer.certainty == .unsure {
            questions.append(Question(key: "trailer", text: trailer.evidence, choices: ["yes", "no"], assumed: "no"))
        }
        return try drafted(draft, encoding, key.map { Guess(columns[$0.value].caption, $0.certainty, $0.evidence) }, fields)
    }

    /// Lines that are no table: their columns stand in the ERP's description, not in the file.
    private func unlike(_ lines: LineShape) -> Diagnostic {
        let format: Profile.Format =
            switch lines {
            case .kinds: .tagged
            case .fixed: .fixed
            }
        return Diagnostic(
            "GUESS-LINES", lines.trouble.text, at: .init(file: file),
            fix:
                "write a profile of format \(format.rawValue) from the ERP's description of the file, as infor/m3-balances-fixed and infor/m3-price-file are (Schemas/profiles/README.md); then answer with profile: NAME"
        )
    }

    // MARK: JSON Lines

    /// A known profile reads it, or somebody writes one: which members are columns is not guessed.
    mutating func objects() throws -> Found {
        if let known = try knownProfile(.objects, sample: bytes, Guess(.utf8, .sure, "JSON is UTF-8")) { return known }
        throw Diagnostic(
            "GUESS-CONTENT", "it is JSON, and no known profile reads it", at: .init(file: file),
            fix:
                "if each line is an object, write a profile of format jsonl, as generic/stock-jsonl is (Schemas/profiles/README.md); then answer with profile: NAME"
        )
    }

    // MARK: Documents

    /// A known profile may read a document whose structure cannot be told; else what `look` throws is the reason.
    mutating func document(_ look: () throws -> DocumentInspection) throws -> Found {
        let seen = Result(catching: look)
        let encoding = Guess((try? seen.get()).flatMap { TextEncoding(named: $0.outline.encoding) } ?? .utf8, .sure, "the document says so")
        if let known = try knownProfile(.document, sample: bytes, encoding) { return known }
        let document = try seen.get()
        var columns = document.columns
        let styles = try StyleGuess(&columns, answers: answers)
        var fields = try FieldGuess(columns, captions: document.fields.map { DocumentInspection.words($0.path) }, answers: answers)
        let key = try KeyGuess(columns, fields: &fields, answers: answers).column
        guard !fields.columns.isEmpty else {
            throw Diagnostic(
                "GUESS-CONTENT", "nothing at \(Escaped(document.record.path)) can be a product's key", at: .init(file: file),
                fix: "answer with key: one of \(columns.prefix(12).map(\.caption).joined(separator: ", ")); or with record: \(others(document))")
        }
        ask(styles, fields, columns)
        ask(key, columns)
        if document.outline.candidates.count > 1 {
            questions.append(
                Question(
                    key: "record", text: "several elements repeat", choices: document.outline.candidates.prefix(8).map(\.path),
                    assumed: document.record.path))
        }
        let draft = ProfileDraft(title: title, document, columns: columns, fields: fields.columns.mapValues(\.value))
        return try drafted(draft, encoding, key.map { Guess(columns[$0.value].caption, $0.certainty, $0.evidence) }, fields)
    }

    private func others(_ document: DocumentInspection) -> String {
        document.outline.candidates.prefix(8).map(\.path).joined(separator: ", ")
    }

    // MARK: Both

    private var title: String { "Proposed from \(Escaped(file, limit: 60))" }

    private mutating func knownProfile(_ shape: ProfileMatch.Shape, sample: [UInt8], _ encoding: Guess<TextEncoding>) throws -> Found? {
        guard let match = try match(shape, sample: sample) else { return nil }
        let profile = match.value.profile
        if match.certainty == .unsure {
            questions.append(Question(key: "profile", text: match.evidence, choices: known.map(\.name) + ["new"], assumed: profile.name))
        }
        return Found(
            encoding: encoding, key: profile.keyColumn.map { Guess($0, match.certainty, "the profile says so") },
            profile: Guess(profile, match.certainty, match.evidence), source: .known,
            entities: GuessedEntity.allCases.filter { $0.isFed(by: profile.mappedFields) })
    }

    private func drafted(_ draft: ProfileDraft, _ encoding: Guess<TextEncoding>, _ key: Guess<String>?, _ fields: FieldGuess) throws -> Found {
        Found(
            encoding: encoding, key: key,
            profile: Guess(try draft.loaded(as: newName), .likely, "no known profile fits; a new one is proposed"),
            source: .drafted(draft), entities: fields.entities, fields: fields)
    }

    /// Of the open questions about styles, those of columns that a field takes.
    private mutating func ask(_ styles: StyleGuess, _ fields: FieldGuess, _ columns: [InspectionReport.Column]) {
        let needed = fields.columns.values.map { columns[$0.value].caption }
        questions += styles.questions.filter { question in needed.contains { question.key.hasSuffix(".\($0)") } }
    }

    /// A row that is passed over for good is one that a person has seen.
    private mutating func ask(_ header: HeaderGuess, _ text: TextInspection) {
        guard header.extraRows > 0, let row = header.row, text.rows.indices.contains(row + 1) else { return }
        let shown = text.rows[row + 1].cells.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
        questions.append(
            Question(
                key: "header",
                text:
                    "the row below the captions is passed over in every file: \(Escaped(shown, limit: 80)); to read it, name the line of the captions",
                choices: ["\(text.rows[row].line)"], assumed: "passed over"))
    }

    /// What is passed over on each page.
    private mutating func pageTitles(_ pages: PageBreakGuess) throws -> [String] {
        guard !pages.titles.isEmpty else { return [] }
        let answer = try answers.choice("page_titles", of: ["yes", "no"])
        if answer == nil {
            let shown = pages.titles.map { "'\(Escaped($0, limit: 60))'" }.joined(separator: ", ")
            questions.append(
                Question(
                    key: "page_titles", text: "lines like \(shown) stand on each page and are passed over in every file (# stands for digits)",
                    choices: ["yes", "no"], assumed: "yes"))
        }
        return answer == "no" ? [] : pages.titles
    }

    private mutating func ask(_ key: Guess<Int>?, _ columns: [InspectionReport.Column]) {
        guard key == nil || key?.certainty == .unsure else { return }
        questions.append(
            Question(
                key: "key", text: key?.evidence ?? "no column is filled and different in every row", choices: columns.map(\.caption),
                assumed: key.map { columns[$0.value].caption } ?? "none"))
    }

    func hints() throws -> InspectionHints {
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

    private mutating func encoding(_ found: InspectionReport.Encoding, _ encoding: TextEncoding) -> Guess<TextEncoding> {
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

    private func match(_ shape: ProfileMatch.Shape, sample: [UInt8]) throws -> Guess<ProfileMatch>? {
        guard let answer = answers["profile"] else {
            return ProfileMatch.best(known, sample: sample, shape: shape, entity: wanted)
        }
        if answer == "new" { return nil }
        guard let profile = known.first(where: { $0.name == answer }) else {
            throw GuessAnswers.unknown("profile", answer, known.map(\.name) + ["new"])
        }
        guard let match = ProfileMatch(profile, sample: sample) else {
            throw Diagnostic(
                "GUESS-PROFILE", "\(answer) does not read this file", at: .init(file: file), fix: "tallyman check says why; or answer profile: new")
        }
        return Guess(match, .sure, "as answered")
    }

    /// `fields` are the guessed ones, `nil` where a known profile says what the columns are.
    mutating func entity(_ entities: [GuessedEntity], _ fields: FieldGuess?) -> Guess<GuessedEntity?> {
        if let wanted, entities.contains(wanted) { return Guess(wanted, .sure, "as answered") }
        let names = entities.map(\.rawValue).joined(separator: ", ")
        var evidence = entities.isEmpty ? "no entity has the columns it needs" : "the columns are enough for \(names)"
        if let wanted { evidence += ", not for \(wanted.rawValue)" }
        // Another entity than the one that was asked for is never taken in its place.
        let first = wanted == nil ? entities.first : nil
        let certainty = first.map { fields?.certainty(of: $0) ?? .sure } ?? .unsure
        if certainty == .unsure {
            questions.append(
                Question(
                    key: "entity", text: evidence + "; name the columns with fields.sku, fields.price and so on",
                    choices: GuessedEntity.allCases.map(\.rawValue), assumed: first?.rawValue ?? "none"))
        }
        return Guess(first, entities.count > 1 ? max(certainty, .likely) : certainty, evidence)
    }
}
