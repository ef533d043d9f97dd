import Domain
import Testing

@testable import Formats

/// Single findings of the guesser on small texts.
struct FileGuessTests {
    // MARK: Captions whose meaning depends on the others

    @Test(arguments: [
        ("sku,Sale Price", "price", true), ("sku,Cost Price,Sale Price", "price", true), ("sku,Price,Sale Price", "special_price", false),
        ("sku,Web Price,Sale Price", "special_price", false), ("sku,RRP,Sale Price", "special_price", false),
        ("sku,Sale Price,Sale End", "special_price", false),
    ])
    func `a sale price is the price where the file has no other and no end of it, and that is asked about`(
        _ captions: String, _ field: String, _ isAsked: Bool
    ) throws {
        let count = captions.split(separator: ",").count
        let cells = captions.hasSuffix("End") ? ["9.50", "31/12/2026"] : Array(repeating: "9.50", count: count - 1)
        let text = "\(captions)\nA1,\(cells.joined(separator: ","))\nA2,\(cells.joined(separator: ","))\n"
        let guess = try Guesses.guess(text)

        let found = try FieldGuess(guess.report.columns, answers: GuessAnswers())
        let caption = found.columns[field].map { guess.report.columns[$0.value].caption }
        #expect(caption == "Sale Price")
        #expect(guess.questions.contains { $0.key == "fields.special_price" } == isAsked)
        guard isAsked else { return }
        #expect(try !Guesses.guess(text, answers: ["fields.special_price": "none"]).questions.contains { $0.key == "fields.special_price" })
        let reduced = try Guesses.guess(text, answers: ["fields.special_price": "Sale Price"])
        #expect(!reduced.questions.contains { $0.key == "fields.special_price" })
    }

    // MARK: Dates and numbers

    @Test(arguments: [
        ("21/11/2026,01/02/2026", "%d/%m/%Y", "%d/%m/%Y"), ("11/21/2026,21/11/2026", "%m/%d/%Y", "%d/%m/%Y"),
        ("2026-11-21,21-Nov-26", "%Y-%m-%d", "%d-%b-%y"), ("21.11.2026,20261121", "%d.%m.%Y", "%Y%m%d"),
    ])
    func `F43 day and month are decided column by column`(cells: String, first: String, second: String) throws {
        let guess = try Guesses.guess("sku,price,valid from,valid to\nA1,1.5,\(cells)\nA2,2.5,\(cells)\n")

        #expect(guess.report.columns[2].format == first)
        #expect(guess.report.columns[3].format == second)
        if second != "%d/%m/%Y" || cells.hasSuffix("21/11/2026") { #expect(!guess.questions.contains { $0.key == "dates.valid to" }) }
    }

    @Test func `F43 a day that could be a month is asked about, and the answer is taken`() throws {
        let text = "sku,price,valid from,valid to\nA1,1.5,01/02/2026,25/12/2026\nA2,2.5,03/04/2026,01/01/2027\n"
        let guess = try Guesses.guess(text)
        let answered = try Guesses.guess(text, answers: ["dates.valid from": "month-first"])

        let question = try #require(guess.questions.first { $0.key == "dates.valid from" })
        #expect(question.choices == ["day-first", "month-first"] && question.assumed == "day-first")
        #expect(question.text == "'01/02/2026' in 'valid from': no value says whether day or month stands first")
        #expect(!guess.questions.contains { $0.key == "dates.valid to" }, "the other column's values do not decide for this one")
        #expect(guess.preview.rows[0][2...4] == ["1.5", "2026-02-01T00:00:00Z", "2026-12-25T00:00:00Z"])
        #expect(answered.preview.rows[0][3] == "2026-01-02T00:00:00Z")
        #expect(!answered.questions.contains { $0.key.hasPrefix("dates.") })
    }

    @Test(arguments: [
        (["1.5", "1,234.50"], "1.5", "1234.5"), (["1,5", "1.234,50"], "1.5", "1234.5"), (["£3.45", "(2.00)"], "3.45", "-2"),
        (["3.45-", "7"], "-3.45", "7"), ([".5", "12"], "0.5", "12"),
    ])
    func `F42 the style of numbers follows from the values`(values: [String], first: String, second: String) throws {
        let guess = try Guesses.guess("sku;price\nA1;\(values[0])\nA2;\(values[1])\n")

        #expect(guess.preview.rows.map { $0[2] } == [first, second])
        #expect(guess.preview.rejected == 0)
        #expect(guess.questions.isEmpty, "\(guess.questions)")
    }

    @Test(arguments: ["1,234", "12.000"])
    func `F42 an amount that two styles read differently is asked about`(value: String) throws {
        let text = "sku;price\nA1;\(value)\nA2;\(value)\n"
        let guess = try Guesses.guess(text)
        let point = try Guesses.guess(text, answers: ["numbers.price": value.contains(",") ? "1,234.50" : "1234.50"])
        let comma = try Guesses.guess(text, answers: ["numbers.price": "1.234,50"])

        #expect(guess.questions.map(\.key) == ["numbers.price"])
        #expect(point.preview.rows[0][2] == (value == "1,234" ? "1234" : "12"))
        #expect(comma.preview.rows[0][2] == (value == "1,234" ? "1.234" : "12000"))
    }

    @Test func `F42 other columns of the file decide what one leaves open`() throws {
        let comma = try Guesses.guess("sku;price;cost\nA1;1.234;0,5\nA2;2.345;1,75\n")
        let point = try Guesses.guess("sku;price;cost\nA1;1,234;0.5\nA2;2,345;1.75\n")

        #expect(comma.questions.isEmpty && point.questions.isEmpty)
        #expect(comma.preview.rows[0] == ["2", "A1", "1234", "0.5"])
        #expect(point.preview.rows[0] == ["2", "A1", "1234", "0.5"])
    }

    // MARK: Codes and the key

    @Test(arguments: ["00472", "5012345678900", "0001", "123"])
    func `F44 a product code stays as it is written, whatever it looks like`(code: String) throws {
        let guess = try Guesses.guess("Stock Code,Qty In Stock\n\(code),5\nA2,6\n")

        #expect(guess.preview.rows[0] == ["2", code, "5"])
    }

    @Test func `a key that nothing names is proposed with a question`() throws {
        let guess = try Guesses.guess("thing,qty\nA1,5\nA2,6\n")
        let answered = try Guesses.guess("thing,qty\nA1,5\nA2,6\n", answers: ["key": "thing"])

        #expect(guess.key?.value == "thing" && guess.key?.certainty == .unsure)
        #expect(guess.questions.contains { $0.key == "key" })
        #expect(answered.key?.certainty == .sure && !answered.questions.contains { $0.key == "key" })
        #expect(answered.preview.rows[0] == ["2", "A1", "5"])
    }

    @Test func `a code in many rows with nothing that tells them apart is no sure key`() throws {
        let rows = (0..<20).map { "A\($0 % 3),\($0)" }.joined(separator: "\n")
        let guess = try Guesses.guess("sku,qty\n\(rows)\n")
        let warehouses = try Guesses.guess("sku,warehouse,qty\n" + (0..<20).map { "A\($0 / 4),W\($0 % 4),\($0)" }.joined(separator: "\n") + "\n")

        #expect(guess.key?.certainty == .unsure)
        #expect(warehouses.key?.certainty == .likely)
    }

    // MARK: Structure

    @Test(arguments: [
        ("Stock report\nLeeds\n\nsku,qty\nA1,5\nA2,6\n", "a title above the header"), ("sku,qty\nItem,Number\nA1,5\nA2,6\n", "two header rows"),
        ("sku,qty\nA1,5\nA2,6\nTRAILER,2\n", "a counted trailer"), ("sku,qty\nA1,5\nA2,6\nEOF\n", "a trailer without a count"),
        ("sku\tqty\r\nA1\t5\r\nA2\t6\r\n", "tabs"), ("sku|qty\rA1|5\rA2|6\r", "pipes and CR"), ("\u{FEFF}sku,qty\nA1,5\nA2,6\n", "a byte order mark"),
        ("sku,qty,qty\nA1,5,1\nA2,6,2\n".replacing("qty,qty", with: "qty,note"), "a column nobody needs"),
        ("sku,qty,\nA1,5,\nA2,6,\n", "a column without a caption"),
        ("sku,name,qty\nA1,4\" pipe,5\nA2,pipe,6\n", "inch marks"),
    ])
    func `F41 what stands around the records is told from them`(text: String, what: String) throws {
        let guess = try Guesses.guess(text)

        #expect(guess.preview.rows.map { [$0[1], $0[2]] } == [["A1", "5"], ["A2", "6"]], "\(what): \(guess.preview)")
        #expect(guess.preview.records == 2 && guess.preview.rejected == 0)
        #expect(guess.entity.value == .stock)
    }

    @Test func `a last row that begins with Total is asked about and kept`() throws {
        let text = "sku,qty\nA1,5\nA2,6\nTotal,11\n"
        let guess = try Guesses.guess(text)
        let trailer = try Guesses.guess(text, answers: ["trailer": "yes"])

        #expect(guess.questions.map(\.key) == ["trailer"])
        #expect(guess.preview.records == 3 && trailer.preview.records == 2)
    }

    @Test func `without a header the columns are asked for by their numbers`() throws {
        let text = "A1,5,LDS\nA2,6,LDS\n"
        let guess = try Guesses.guess(text)
        let answered = try Guesses.guess(text, answers: ["key": "column 1", "fields.on_hand": "column 2", "fields.warehouse": "column 3"])

        #expect(guess.entity.value == nil && guess.questions.contains { $0.key == "entity" })
        #expect(answered.entity.value == .stock)
        #expect(answered.preview.rows == [["1", "A1", "LDS", "5"], ["2", "A2", "LDS", "6"]])
    }

    // MARK: Entities

    @Test(arguments: [
        ("sku,qty", "stock"), ("sku,price", "prices"), ("sku,price list,price", "tier_prices"), ("sku,trade price,qty", "tier_prices"),
        ("sku,offer price,start date,end date", "special_prices"), ("sku,cost price", "cost"), ("sku,name", "products"),
        ("account,name", "accounts"), ("sku,free stock", "stock"),
    ])
    func `columns say what a file is for, and a price list's price is never everybody's`(header: String, entity: String) throws {
        let values = [
            "sku": "A", "qty": "5", "price": "1.5", "price list": "TRADE", "trade price": "1.4", "offer price": "1.3", "start date": "21/11/2026",
            "end date": "28/11/2026", "cost price": "0.7", "name": "Hinge", "account": "C", "free stock": "4",
        ]
        let rows = (1...3).map { row in
            header.split(separator: ",").map { ["sku", "account"].contains($0) ? "A\(row)x" : values[String($0)] ?? "" }.joined(separator: ",")
        }

        let guess = try Guesses.guess(([header] + rows).joined(separator: "\n") + "\n")

        #expect(guess.entity.value?.rawValue == entity, "\(guess.entities)")
        if entity == "tier_prices" { #expect(!guess.entities.contains(.prices)) }
        if entity == "special_prices" { #expect(guess.preview.header == ["line", "sku", "special_price", "special_from", "special_to"]) }
    }

    @Test func `another entity than the first can be asked for`() throws {
        let text = "sku,qty,price\nA1,5,1.5\nA2,6,2.5\n"
        let guess = try Guesses.guess(text)
        let prices = try Guesses.guess(text, answers: ["entity": "prices"])

        #expect(guess.entities == [.stock, .prices] && guess.entity.value == .stock && guess.entity.certainty == .likely)
        #expect(prices.entity.value == .prices && prices.entity.certainty == .sure)
    }

    @Test func `an entity that the columns are not enough for is never replaced by another`() throws {
        let guess = try Guesses.guess("sku,price\nA1,1.5\nA2,2.5\n", answers: ["entity": "stock"])

        #expect(guess.entity.value == nil && guess.entity.evidence == "the columns are enough for prices, not for stock")
        #expect(guess.questions.contains { $0.key == "entity" })
    }

    // MARK: What cannot be

    @Test(arguments: [
        ("", "GUESS-CONTENT"), ("\u{1F}\u{8B}x", "GUESS-CONTENT"), ("{\"a\": 1}", "GUESS-CONTENT"), ("a,a\n1,2\n3,4\n", "GUESS-HEADER"),
    ])
    func `content that is no table is refused with what it is`(text: String, code: String) throws {
        let bytes: [UInt8] = text.hasPrefix("\u{1F}") ? [0x1F, 0x8B, 8, 0, 0] : Array(text.utf8)

        #expect { try Guesses.guess(bytes) } throws: { ($0 as? Diagnostic)?.code == code && ($0 as? Diagnostic)?.fix.isEmpty == false }
    }

    @Test(arguments: [
        ["entity": "stocks"], ["key": "none such"], ["profile": "sage60/stock"], ["encoding": "utf8"], ["fields.price": "no column"],
        ["header": "first"],
    ])
    func `an impossible answer is refused with the possible ones`(answers: [String: String]) throws {
        #expect { try Guesses.guess("sku,qty\nA1,5\n", known: Guesses.shipped, answers: answers) } throws: {
            let diagnostic = $0 as? Diagnostic
            return diagnostic?.code == "ANSWER-VALUE" && diagnostic?.fix.hasPrefix("answer with one of: ") == true
        }
    }

    @Test(arguments: 0..<60)
    func `noise of any kind gets a guess or a refusal, never a crash`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let alphabets: [[UInt8]] = [
            Array(0...255), Array("sku,qty;\"\r\n\t 01/.-".utf8), [0, 65, 0, 10, 0x80, 0xFF, 0xFE], Array("sku,qty\n1,2".utf8),
        ]
        let bytes = (0..<Int.random(in: 1...400, using: &generator)).map { _ in alphabets[seed % 4].randomElement(using: &generator) ?? 0 }

        do {
            let guess = try Guesses.guess(bytes, known: Guesses.shipped)
            #expect(guess.preview.records >= guess.preview.rejected)
        } catch {
            #expect(error is Diagnostic, "\(error)")
        }
    }
}
