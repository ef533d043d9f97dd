import Foundation
import Testing

/// What a shell offers behind a command, asked of a real bash with the script that the package installs.
struct CompletionTests {
    /// What bash would show for each list of words typed so far, the last of them under the cursor.
    private static func offers(_ typed: [String], in installation: Installation) async throws -> [String: [String]] {
        try installation.write(try await installation.tallyman("--generate-completion-script", "bash").output, to: "completion.bash")
        let script = """
            PATH=${1%/*}:$PATH
            source ./completion.bash
            while IFS= read -r line; do
              read -r -a COMP_WORDS <<<"$line"
              [[ $line != *' ' ]] || COMP_WORDS+=('')
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
              _tallyman tallyman "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
              echo "$line:${COMPREPLY[*]}"
            done <typed.txt
            """
        try installation.write(script + "\n", to: "typed.sh")
        try installation.write(typed.map { "tallyman \($0)\n" }.joined(), to: "typed.txt")
        var shell = installation.program
        shell.launcher = "exec bash typed.sh"
        let ending = try await shell.run([])
        return ending.output.split(separator: "\n").reduce(into: [:]) { offers, line in
            let parts = line.dropFirst("tallyman ".count).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return }
            offers[String(parts[0])] = parts[1].split(separator: " ").map(String.init)
        }
    }

    @Test func `a shell offers verbs, flows, profiles, and the numbers of runs and errors`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "10"), Installation.line("B", "x1")], minute: 1)
            #expect(try await installation.tallyman("run", "stock").exit == 3)

            let offers = try await Self.offers(
                [
                    "sta", "run ", "run st", "plan ", "show ", "rollback ", "errors show ", "errors retry ", "init --copy sage50/st",
                    "check x --profile ubl/",
                ],
                in: installation)

            #expect(offers["sta"] == ["status"])
            for verb in ["run ", "plan "] { #expect(offers[verb] == ["stock"], "\(verb)") }
            #expect(offers["run st"] == ["stock"])
            for verb in ["show ", "rollback "] { #expect(offers[verb] == ["1"], "\(verb)") }
            for verb in ["errors show ", "errors retry "] { #expect(offers[verb] == ["1"], "\(verb)") }
            #expect(offers["init --copy sage50/st"] == ["sage50/stock", "sage50/stock-pivoted"])
            #expect(offers["check x --profile ubl/"]?.contains("ubl/stock-availability") == true)
        }
    }

    @Test func `where there are no settings a shell offers the verbs, says nothing else and makes nothing`() async throws {
        try await Installation.with { installation in
            try FileManager.default.removeItem(atPath: "\(installation.folder)/tallyman.yaml")
            let before = installation.names(in: "..").count

            let offers = try await Self.offers(["sta", "run ", "show "], in: installation)

            #expect(offers["sta"] == ["status"] && offers["run "] == [] && offers["show "] == [])
            #expect(!FileManager.default.fileExists(atPath: "\(installation.folder)/state") && before > 0)
        }
    }
}
