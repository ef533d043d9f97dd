import Domain

/// The settings as they are used, to be read. What is secret is not shown, whoever looks.
enum SettingsPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let lines = try visit.shop.settings()
        let rows: [[HTML]] = lines.map { line in [HTML(line.path), line.value.map { HTML($0) } ?? "••••", HTML(line.place)] }
        let body: HTML = """
            <h1>Settings</h1>
            <p>They are changed on the machine; <code>tallyman lint</code> checks them, and the service takes them over with <code>systemctl reload</code>.</p>
            \(Parts.table("As the console reads them now", ["Setting", "Value", "Line"], rows))
            """
        return Frame.response(visit, Page("Settings", section: "settings", body))
    }
}
