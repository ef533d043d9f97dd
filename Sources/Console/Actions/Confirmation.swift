import Domain
import Foundation
import StateStore

/// What an action asks for that reaches the shop and cannot be taken back by a click: why, and who it is.
struct Confirmation {
    typealias Problem = (field: String, text: String)

    var problems: [Problem] = []
    var because = ""
    /// The session goes on under a new name.
    var cookie: (name: String, value: String)?

    func problem(_ field: String) -> String? { problems.first { $0.field == field }?.text }
    var status: Int { problems.isEmpty ? 200 : 422 }

    /// The reason, and the proof where the last one is not fresh.
    func fields(_ visit: Visit) -> HTML {
        """
        \(Parts.field("because", "Because", hint: "One sentence for the audit.", problem: problem("because"), value: because))
        \(Proof.fields(visit, problem: problem("password")))
        """
    }

    /// What was sent. `others` were found by the page itself; the proof is asked only of a form that is right otherwise.
    static func check(_ form: Form, _ visit: Visit, others: [Problem] = []) async throws -> Confirmation {
        var found = Confirmation(problems: others, because: form["because"] ?? "")
        if form.text("because") == nil { found.problems.append(("because", "Say why, for those who look for it later.")) }
        guard found.problems.isEmpty else { return found }
        let proof = try await Proof.check(form, visit)
        if let problem = proof.problem { found.problems.append(("password", problem)) }
        found.cookie = proof.cookie
        return found
    }

    /// The answer to a form that passed: it carries the session's new name.
    func answer(_ response: ConsoleResponse) -> ConsoleResponse {
        var response = response
        if let cookie { response.headers.append(cookie) }
        return response
    }
}

/// Where two people are asked for: whoever ordered a run, brought its file or corrected a record of it does not decide on it.
enum FourEyes {
    /// The part of a name in the audit that tells the person.
    static func person(_ who: String) -> String { who.components(separatedBy: " (console").first ?? who }

    static func objection(to run: Int64, _ visit: Visit, _ reader: LedgerReader) throws -> Diagnostic? {
        guard visit.app.settings.needsFourEyes, let name = visit.guest?.user.name else { return nil }
        guard try reader.makers(of: run).contains(where: { person($0) == name }) else { return nil }
        return Diagnostic(
            "CONSOLE-RIGHT", "you ordered run \(run), brought its file or corrected a record of it yourself",
            fix: "ask another approver: this console is set to four eyes")
    }
}
