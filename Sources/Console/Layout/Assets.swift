import Domain

/// Style, script and icon. Their addresses carry a hash of their content, so that browsers keep them for good.
enum Assets {
    private static let files: [String: (type: String, text: String)] = [
        "console.css": ("text/css; charset=utf-8", StyleSheet.text),
        "live.js": ("text/javascript; charset=utf-8", LiveScript.text),
        "icon.svg": (
            "image/svg+xml",
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="5" fill="#1d4f91"/><path d="M8 8v16M13 8v16M18 8v16M23 8v16M5 22 27 10" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>
            """
        ),
    ]
    private static let hashes = files.mapValues { String(Token.hash($0.text).prefix(16)) }

    static func path(_ name: String) -> String { "/a/\(hashes[name] ?? "")/\(name)" }

    static func answer(_ visit: Visit) -> ConsoleResponse {
        guard let name = visit.values["name"], let file = files[name], hashes[name] == visit.values["hash"] else {
            return .text("there is no such file\n", status: 404)
        }
        return ConsoleResponse(
            status: 200, headers: [("Content-Type", file.type), ("Cache-Control", "public, max-age=31536000, immutable")], body: Array(file.text.utf8)
        )
    }
}

/// Asks for the marked parts of the page anew while it is looked at. Without it there is a link to do so.
enum LiveScript {
    static let text = """
        "use strict";
        (function () {
          var tag = null;
          var said = document.querySelector("[data-said]");
          function look() {
            var parts = document.querySelectorAll("[data-live]");
            if (!parts.length || document.hidden) { return; }
            var headers = tag ? { "If-None-Match": tag } : {};
            fetch(location.href, { headers: headers, credentials: "same-origin" }).then(function (answer) {
              if (answer.redirected) { location.reload(); return null; }
              if (answer.status !== 200) { return null; }
              tag = answer.headers.get("ETag");
              return answer.text();
            }).then(function (text) {
              if (!text) { return; }
              var fresh = new DOMParser().parseFromString(text, "text/html");
              parts.forEach(function (part) {
                var other = fresh.getElementById(part.id);
                if (!other || part.contains(document.activeElement) || other.innerHTML === part.innerHTML) { return; }
                part.innerHTML = other.innerHTML;
                var state = part.querySelector("[data-state]");
                if (state && said && said.textContent !== state.textContent) { said.textContent = state.textContent; }
              });
              if (!fresh.querySelector("[data-live]")) { location.reload(); }
            }).catch(function () {});
          }
          var every = document.querySelector("[data-live='1']") ? 1000 : 5000;
          setInterval(look, every);
          var summary = document.querySelector(".error-summary");
          if (summary) { summary.focus(); }
        })();

        """
}
