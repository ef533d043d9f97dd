/// What every answer says to the browser about itself.
enum SecurityHeaders {
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "object-src 'none'; frame-ancestors 'none'"

    static func add(to response: inout ConsoleResponse, isEncrypted: Bool) {
        func add(_ name: String, _ value: String) {
            guard response.header(name) == nil else { return }
            response.headers.append((name, value))
        }
        add("Content-Security-Policy", policy)
        add("X-Content-Type-Options", "nosniff")
        add("X-Frame-Options", "DENY")
        add("Referrer-Policy", "same-origin")
        add("Cross-Origin-Opener-Policy", "same-origin")
        add("Cross-Origin-Resource-Policy", "same-origin")
        add("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        add("Cache-Control", "no-store")
        if isEncrypted { add("Strict-Transport-Security", "max-age=31536000") }
    }
}
