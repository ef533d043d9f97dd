import Mustache

/// The HTML form of a mail. Mail programs know tables and styles on elements and little else; it reads from 320 px on.
package struct MailPage {
    private let template: MustacheTemplate

    /// The template is ours; that it parses is a test's business.
    package init() throws { template = try MustacheTemplate(string: Self.source) }

    package func html(_ sheet: MailSheet) -> String {
        template.render(
            [
                "colour": Self.colour(sheet.severity), "word": sheet.severity.word, "title": sheet.title, "sentences": sheet.sentences,
                "hasLinks": !sheet.links.isEmpty, "links": sheet.links.map { ["caption": $0.caption, "url": $0.url] },
                "sections": sheet.sections.compactMap(Self.section), "hasReasons": !sheet.reasons.isEmpty,
                "reasons": sheet.reasons.map { ["text": $0.text, "place": $0.place, "fix": $0.fix] },
                "footer": sheet.footer,
            ] as [String: Any])
    }

    private static func section(_ section: MailSheet.Section) -> [String: Any]? {
        guard !section.rows.isEmpty else { return nil }
        let rows = section.rows.map { ["isNamed": !$0.label.isEmpty, "label": $0.label, "text": $0.text] as [String: Any] }
        return ["heading": section.heading, "rows": rows]
    }

    /// Dark enough for white letters on them (contrast above 4.5).
    private static func colour(_ severity: Severity) -> String {
        switch severity {
        case .ok: "#1b6e3c"
        case .warn: "#8a5a00"
        case .action: "#a33b00"
        case .failed: "#a01522"
        }
    }

    private static let source = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{word}}: {{title}}</title>
        </head>
        <body style="margin:0;padding:0;background:#f2f3f5;font-family:Arial,Helvetica,sans-serif;color:#1c1f23;font-size:15px;line-height:1.45">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse"><tr><td align="center" style="padding:12px 8px">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;border-collapse:collapse;background:#ffffff;text-align:left">
        <tr><td style="background:{{colour}};color:#ffffff;padding:14px 16px">
        <div style="font-size:13px;letter-spacing:0.06em;font-weight:bold">{{word}}</div>
        <div style="font-size:19px;font-weight:bold">{{title}}</div>
        </td></tr>
        <tr><td style="padding:14px 16px 4px">
        {{#sentences}}<p style="margin:0 0 8px">{{.}}</p>
        {{/sentences}}</td></tr>
        {{#hasLinks}}<tr><td style="padding:4px 16px 8px">
        {{#links}}<div style="padding:4px 0"><a href="{{url}}" style="display:inline-block;background:#14365f;color:#ffffff;padding:10px 14px;text-decoration:none;font-weight:bold">{{caption}}</a></div>
        {{/links}}</td></tr>
        {{/hasLinks}}{{#hasReasons}}<tr><td style="padding:6px 16px">
        <div style="font-size:13px;font-weight:bold;color:#5a626b;border-bottom:1px solid #d9dde2;padding-bottom:3px">Why records were rejected</div>
        {{#reasons}}<div style="padding:7px 0;border-bottom:1px solid #eef0f2;word-break:break-word">
        <div><strong>{{text}}</strong></div>
        <div style="color:#5a626b;font-size:13px">{{place}}</div>
        <div style="font-size:13px">{{fix}}</div>
        </div>
        {{/reasons}}</td></tr>
        {{/hasReasons}}{{#sections}}<tr><td style="padding:8px 16px">
        <div style="font-size:13px;font-weight:bold;color:#5a626b;border-bottom:1px solid #d9dde2;padding-bottom:3px">{{heading}}</div>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">
        {{#rows}}<tr>{{#isNamed}}<td valign="baseline" style="padding:5px 10px 5px 0;color:#5a626b;font-size:13px;white-space:nowrap">{{label}}</td>{{/isNamed}}<td valign="baseline" width="100%" style="padding:5px 0;word-break:break-word">{{text}}</td></tr>
        {{/rows}}</table>
        </td></tr>
        {{/sections}}<tr><td style="padding:10px 16px 16px;color:#5a626b;font-size:12px">{{footer}}</td></tr>
        </table>
        </td></tr></table>
        </body>
        </html>

        """
}
