/// One style for all pages: system fonts, light and dark, from 320 px on, and on paper.
enum StyleSheet {
    static let text = """
        :root { color-scheme: light dark; --text: #15191e; --soft: #4d5660; --ground: #ffffff; --shade: #f1f3f5; --line: #c3c9d0; --field: #5a636d; --link: #1a4fa0;
          --visited: #4b2f83; --focus: #ffbf2e; --button: #0b6b3a; --button-text: #ffffff; --red: #a01522; --amber: #7a4f00; --green: #176038; --blue: #1a4fa0;
          --grey: #4d5660; --red-ground: #fbeaec; --amber-ground: #fdf3dc; --green-ground: #e6f4ec; --blue-ground: #e8effa; --grey-ground: #eceff2; --bar: #14365f; }
        @media (prefers-color-scheme: dark) { :root { --text: #e9ecef; --soft: #b3bcc6; --ground: #14181c; --shade: #1f252b; --line: #48515a; --field: #9aa4ae;
          --link: #8fbaff; --visited: #c3a9ff; --button: #2f9160; --button-text: #08130c; --red: #ff9aa4; --amber: #ffcf70; --green: #8fdcae; --blue: #9dc2ff;
          --grey: #b3bcc6; --red-ground: #3a1a1e; --amber-ground: #352a12; --green-ground: #16301f; --blue-ground: #192a45; --grey-ground: #262d34; --bar: #0d2138; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 1.4rem 0 0.8rem; }
        h2 { font-size: 1.25rem; line-height: 1.3; margin: 1.8rem 0 0.6rem; }
        h3 { font-size: 1.05rem; margin: 1rem 0 0.3rem; }
        p { margin: 0 0 0.8rem; max-width: 46rem; }
        a { color: var(--link); text-underline-offset: 0.15em; }
        a:visited { color: var(--visited); }
        a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible, select:focus-visible, summary:focus-visible, pre:focus-visible, [tabindex]:focus-visible
          { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 5px var(--text); }
        main:focus-visible { outline: none; box-shadow: none; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { position: static; display: block; padding: 0.6rem 1rem; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        header .bar { background: var(--bar); color: #ffffff; padding: 0.55rem 1rem; display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 1rem; }
        header .bar a.name, header .bar a.name:visited { color: #ffffff; font-weight: 700; font-size: 1.15rem; text-decoration: none; padding: 0.2rem 0; }
        header .shop { font-weight: 600; }
        .mode { border: 1px solid currentColor; padding: 0 0.4rem; font-size: 0.8rem; letter-spacing: 0.06em; }
        .mode.training { background: #ffdd57; color: #15191e; }
        .is-training header .bar { border-bottom: 6px dashed #ffdd57; }
        .account { margin-left: auto; display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: center; }
        button.link { background: none; border: 0; color: #ffffff; text-decoration: underline; padding: 0.3rem 0; margin: 0; min-height: 1.75rem; font: inherit; cursor: pointer; }
        nav { border-bottom: 1px solid var(--line); background: var(--shade); padding: 0.2rem 1rem 0.6rem; display: flex; flex-wrap: wrap; gap: 0.2rem 2rem; align-items: end; justify-content: space-between; }
        nav ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1.2rem; }
        nav li a, nav li a:visited { color: var(--link); display: inline-block; padding: 0.55rem 0 0.35rem; text-decoration: none; border-bottom: 4px solid transparent; }
        nav li a:hover { text-decoration: underline; }
        nav a[aria-current] { border-bottom-color: var(--link); font-weight: 600; color: var(--text); }
        .count { background: var(--red); color: var(--ground); border-radius: 1rem; padding: 0 0.5rem; font-size: 0.85rem; font-weight: 700; }
        .search { display: flex; flex-wrap: wrap; gap: 0 0.4rem; align-items: end; max-width: 21.5rem; }
        .search label { width: 100%; font-size: 0.85rem; color: var(--soft); }
        .search input { width: auto; flex: 1 1 9rem; min-width: 0; }
        .search button { margin: 0; }
        main { max-width: 72rem; margin: 0 auto; padding: 0.8rem 1rem 2rem; }
        main > h1:first-child, main > div:first-child > h1:first-child { margin-top: 0.6rem; }
        footer { border-top: 1px solid var(--line); margin-top: 2rem; padding: 0.8rem 1rem; color: var(--soft); font-size: 0.9rem; }
        footer p { margin: 0 auto; max-width: 70rem; }
        .hint, .soft { color: var(--soft); font-size: 0.95rem; }
        .tag { display: inline-block; padding: 0.05rem 0.5rem; border-left: 4px solid currentColor; font-size: 0.9rem; font-weight: 600; white-space: nowrap; }
        .tag.red { color: var(--red); background: var(--red-ground); } .tag.amber { color: var(--amber); background: var(--amber-ground); }
        .tag.green { color: var(--green); background: var(--green-ground); } .tag.blue { color: var(--blue); background: var(--blue-ground); }
        .tag.grey { color: var(--grey); background: var(--grey-ground); }
        .card { border: 1px solid var(--line); border-left: 6px solid var(--line); padding: 0.8rem 1rem; margin: 0 0 1rem; background: var(--ground); }
        .card.red { border-left-color: var(--red); } .card.amber { border-left-color: var(--amber); } .card.green { border-left-color: var(--green); } .card.blue { border-left-color: var(--blue); }
        .card h2, .card h3 { margin-top: 0; }
        .card p:last-child { margin-bottom: 0; }
        .banner { border: 3px solid var(--green); padding: 0.8rem 1rem; margin: 1rem 0; }
        .banner h2 { margin-top: 0; }
        table { border-collapse: collapse; width: 100%; margin: 0 0 1.2rem; }
        caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
        th { text-align: left; vertical-align: bottom; border-bottom: 2px solid var(--field); padding: 0.35rem 0.8rem 0.35rem 0; font-size: 0.95rem; }
        td { vertical-align: top; border-bottom: 1px solid var(--line); padding: 0.4rem 0.8rem 0.4rem 0; overflow-wrap: anywhere; }
        dl { margin: 0 0 1.2rem; }
        dl > div { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: 0 1rem; border-bottom: 1px solid var(--line); padding: 0.35rem 0; }
        dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
        pre { background: var(--shade); border: 1px solid var(--line); padding: 0.6rem 0.8rem; overflow-x: auto; margin: 0 0 1rem; font: 0.95rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
        code { overflow-wrap: anywhere; font-family: ui-monospace, "DejaVu Sans Mono", monospace; background: var(--shade); padding: 0 0.25rem; }
        form.block { margin: 0 0 1.4rem; }
        label { font-weight: 600; display: block; }
        .search label { font-weight: 400; }
        .field { margin: 0 0 1.1rem; max-width: 30rem; }
        .field .hint, .field .field-error { display: block; }
        .field-error { color: var(--red); font-weight: 700; }
        .has-error { border-left: 5px solid var(--red); padding-left: 0.8rem; }
        input, textarea, select { font: inherit; color: inherit; background: var(--ground); border: 2px solid var(--field); padding: 0.4rem 0.5rem; min-height: 2.75rem; width: 100%; border-radius: 0; }
        input[type=radio], input[type=checkbox] { width: 1.6rem; min-height: 0; height: 1.6rem; margin: 0 0.5rem 0 0; flex: none; }
        .choice { display: flex; align-items: center; margin: 0 0 0.6rem; min-height: 2.75rem; }
        .choice label { font-weight: 400; }
        fieldset { border: 0; margin: 0 0 1.1rem; padding: 0; } legend { font-weight: 600; padding: 0; margin-bottom: 0.4rem; }
        button, .button, .button:visited { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.45rem 1rem; border: 2px solid transparent; background: var(--button); color: var(--button-text); cursor: pointer; margin: 0 0.6rem 0.5rem 0; text-decoration: none; display: inline-block; }
        button.secondary, .button.secondary, .button.secondary:visited { background: var(--grey-ground); color: var(--text); border-color: var(--field); }
        button.warning { background: var(--red); color: var(--ground); }
        .buttons { display: flex; flex-wrap: wrap; align-items: center; }
        .cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0 1.2rem; }
        .error-summary { border: 4px solid var(--red); padding: 0.8rem 1rem; margin: 1rem 0; }
        .error-summary h2 { margin: 0 0 0.4rem; } .error-summary ul { margin: 0; padding-left: 1.2rem; } .error-summary a { color: var(--red); font-weight: 700; }
        summary { cursor: pointer; padding: 0.4rem 0; color: var(--link); text-decoration: underline; min-height: 2rem; }
        progress { width: 100%; max-width: 24rem; height: 1.1rem; }
        ol.steps { padding-left: 1.3rem; } ol.steps li { margin-bottom: 0.8rem; }
        svg { max-width: 100%; height: auto; display: block; margin: 0 0 0.8rem; }
        svg .axis { stroke: var(--line); stroke-width: 1; } svg .good { fill: var(--green); } svg .bad { fill: var(--red); }
        .chart polyline { fill: none; stroke: var(--blue); stroke-width: 2; } .chart circle { fill: var(--blue); }
        .card form.block { margin: 0 0 0.6rem; }
        .pager { display: flex; gap: 1.5rem; margin: 0.5rem 0 1.5rem; }
        @media (max-width: 40rem) {
          h1 { font-size: 1.4rem; }
          table, tbody, tr, td, caption { display: block; width: 100%; } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tr { border: 1px solid var(--line); margin: 0 0 0.8rem; padding: 0.2rem 0.7rem; }
          td { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0.6rem; padding: 0.35rem 0; } td::before { content: attr(data-label); font-weight: 600; color: var(--soft); }
          tr td:last-child { border-bottom: 0; }
          dl > div { grid-template-columns: 1fr; }
          .account { margin-left: 0; } .tag { white-space: normal; }
        }
        @media (forced-colors: active) { .tag, .card, .count { border: 1px solid; } button { border: 2px solid; } }
        @media print { nav, .account, footer a, form.block, .skip, .pager, button { display: none; } body { color: #000; background: #fff; } main { max-width: none; padding: 0; }
          details::details-content { content-visibility: visible; display: block; } main a[href]::after { content: " (" attr(href) ")"; font-size: 0.8rem; overflow-wrap: anywhere; }
          tr, .card, li { break-inside: avoid; } h2, h3, caption { break-after: avoid; } thead { display: table-header-group; } header .bar { color: #000; background: none; border-bottom: 2px solid #000; } header .bar a.name, header .bar a.name:visited { color: #000; } }

        """
}
