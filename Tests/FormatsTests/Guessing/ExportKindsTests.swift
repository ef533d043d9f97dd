import Domain
import Foundation
import Testing

@testable import Formats

/// The kinds of exports that ERPs write (`Fixtures/exports`): right at once or after at most two answers, and never wrong in silence.
struct ExportKindsTests {
    /// What `expected.json` says.
    private struct Expected: Decodable {
        enum Records: Decodable {
            case rows([[String: String]])
            /// `refused`, `refused-or-empty`, `not-stock`.
            case word(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let word = try? container.decode(String.self) {
                    self = .word(word)
                } else {
                    self = .rows(try container.decode([[String: String]].self))
                }
            }
        }

        var what: String
        var entity: String?
        var answers: [String: String]
        var records: Records
    }

    private enum Outcome: String { case atOnce = "at once", answered, told = "told, not solved", nonsense = "wrong in silence" }

    private static let folder = ProjectFolder.root + "Fixtures/exports"
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

    private static func outcome(_ name: String) throws -> (Outcome, String) {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")
        let sample = try #require(files.first { $0.hasPrefix("sample.") })
        let bytes = try ProjectFolder.bytes("\(folder)/\(name)/\(sample)")
        let expected = try JSONDecoder().decode(Expected.self, from: Data(ProjectFolder.bytes("\(folder)/\(name)/expected.json")))
        #expect(expected.answers.count <= 2, "\(name) needs more than two answers")
        let first = attempt(bytes, [:], expected)
        if first.isRight { return (.atOnce, first.text) }
        guard first.isDoubtful else { return (.nonsense, first.text) }
        guard !expected.answers.isEmpty else { return (.told, first.text) }
        let second = attempt(bytes, expected.answers, expected)
        return (second.isRight ? .answered : .told, second.text)
    }

    private static func attempt(_ bytes: [UInt8], _ answers: [String: String], _ expected: Expected) -> (
        isRight: Bool, isDoubtful: Bool, text: String
    ) {
        do {
            let guess = try Guesses.guess(bytes, known: Guesses.shipped, answers: answers)
            let isDoubtful = !guess.questions.isEmpty || guess.entity.value == nil
            let text = "\(guess.entity.value?.rawValue ?? "none"), questions \(guess.questions.map(\.key)), \(guess.preview.rows)"
            switch expected.records {
            case .word("not-stock"):
                return (guess.entity.value == nil, isDoubtful, text)
            case .word("refused-or-empty"):
                return (guess.entity.value == nil || guess.preview.records == 0, isDoubtful, text)
            case .word: return (guess.entity.value == nil, isDoubtful, text)
            case .rows(let wanted):
                guard guess.entity.value?.rawValue == expected.entity else { return (false, isDoubtful, text) }
                let file = try ReadFile(guess.profile.value, bytes, fields: guess.profile.value.entityFields)
                let names = guess.profile.value.entityFields.map(\.name)
                let found = file.good.flatMap(\.rows).map { cells in
                    Dictionary(uniqueKeysWithValues: zip(names, cells.map { String($0.drop { $0 != ":" }.dropFirst()) }))
                }
                let isRight =
                    found.count == wanted.count && zip(found, wanted).allSatisfy { row, wanted in wanted.allSatisfy { row[$0.key] == $0.value } }
                return (isRight, isDoubtful, "\(text) rejected \(file.codes)")
            }
        } catch let diagnostic as Diagnostic {
            // A refusal that says what to do is an answer.
            if case .word = expected.records { return (true, true, "\(diagnostic)") }
            return (false, true, "\(diagnostic)")
        } catch {
            return (false, false, "\(error)")
        }
    }

    @Test func `of 32 kinds of exports at least 29 are read right after two answers at most, and none is wrong in silence`() throws {
        #expect(Self.names.count == 32)
        var counts: [Outcome: [String]] = [:]
        var texts: [String] = []
        for name in Self.names {
            let (outcome, text) = try Self.outcome(name)
            counts[outcome, default: []].append(name)
            texts.append("\(name): \(outcome.rawValue): \(text)")
        }
        let right = (counts[.atOnce] ?? []).count + (counts[.answered] ?? []).count

        #expect(right >= 29, "\(texts.joined(separator: "\n"))")
        #expect((counts[.nonsense] ?? []).isEmpty, "\(texts.joined(separator: "\n"))")
    }

    @Test func `a quantity whose caption stands above several columns is asked about, not left out in silence`() throws {
        let sample = "Code,Description,On Hand,Allocated,On Hand,Allocated\r\nP-1,Batten,4,1,3,0\r\nP-2,Board,9,0,2,2\r\nP-3,Nail,12,5,8,1\r\n"
        let guess = try Guesses.guess(Array(sample.utf8), known: Guesses.shipped, answers: [:])

        #expect(guess.entity.value != .stock)
        #expect(guess.questions.map(\.key).contains("fields.on_hand"))
    }

    /// The warehouse stands above the first of its columns; whatever stands above the others of the product.
    @Test(arguments: [
        ",,North,,South,\nCode,Description,On Hand,Allocated,On Hand,Allocated",
        "Code,Description,North,,South,\n,,On Hand,Allocated,On Hand,Allocated",
        "Stock as of today,,,,,\n,,North,,South,\nCode,Description,On Hand,Allocated,On Hand,Allocated",
        "Item,,North,,South,\nCode,Description,On Hand,Allocated,On Hand,Allocated",
        ",,001,,002,\nCode,Description,On Hand,Allocated,On Hand,Allocated",
    ])
    func `captions under merged captions of warehouses are stock by warehouse`(_ captions: String) throws {
        let sample = "\(captions)\nP-1,Batten,4,1,3,0\nP-2,Board,9,0,2,2\nP-3,Nail,12,5,8,1\n"
        let guess = try Guesses.guess(Array(sample.utf8), known: Guesses.shipped, answers: [:])
        let fields = ["sku", "warehouse", "on_hand", "allocated"].compactMap { name in guess.profile.value.entityFields.first { $0.name == name } }
        let file = try ReadFile(guess.profile.value, Array(sample.utf8), fields: fields)
        let (north, south) = captions.contains("001") ? ("001", "002") : ("North", "South")

        #expect(guess.entity.value == .stock && guess.questions.map(\.key) == ["warehouses"], "\(guess.questions)")
        #expect(
            file.good.flatMap(\.rows) == [
                ["text:P-1", "text:\(north)", "number:4", "number:1"], ["text:P-1", "text:\(south)", "number:3", "number:0"],
                ["text:P-2", "text:\(north)", "number:9", "number:0"], ["text:P-2", "text:\(south)", "number:2", "number:2"],
                ["text:P-3", "text:\(north)", "number:12", "number:5"], ["text:P-3", "text:\(south)", "number:8", "number:1"],
            ])
    }

    @Test(arguments: [
        ("Leeds Reserved,Hull Reserved", "fields.allocated", "5,6"), ("Web Price,Shop Price", "fields.price", "5.00,6.00"),
        ("North Weight,South Weight", "fields.weight", "1.5,2.5"),
    ])
    func `a number whose word ends several captions is asked about, and the first is not taken in silence`(
        _ captions: String, _ question: String, _ cells: String
    ) throws {
        let sample = "Stock Code,Description,\(captions)\r\nA-1,Hinge,\(cells)\r\nA-2,Lock,\(cells)\r\n"
        let guess = try Guesses.guess(Array(sample.utf8), known: Guesses.shipped, answers: [:])

        #expect(guess.questions.map(\.key).contains(question), "\(guess.questions)")
    }

    @Test(arguments: ["Price List", "Customer Group", "Price Band"])
    func `a caption that says a price list makes tier prices without a question`(_ caption: String) throws {
        let sample = "SKU,\(caption),Description,Price\r\nA-1,TRADE,Hinge,6.50\r\nA-2,TRADE,Lock,7.50\r\nA-3,RETAIL,Saw,8.50\r\n"
        let guess = try Guesses.guess(Array(sample.utf8), known: Guesses.shipped, answers: [:])

        #expect(guess.entity.value == .tierPrices)
        #expect(!guess.questions.map(\.key).contains("fields.group"))
    }
}
