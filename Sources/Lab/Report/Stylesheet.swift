// The look of HTML reports, on light and dark pages.
// Not here: the content (Report+HTML). Figures carry light colours; on a dark page the classes below replace them.

/// The style sheet of all reports.
enum Stylesheet {
  static var text: String { layout + figureColors + darkPage }

  private static let layout = """
    :root { --paper: #ffffff; --page: #f6f7f9; --ink: #1f2933; --faint: #5b6673; --line: #e1e5ea; --accent: #0b62a3;
      --code: #f1f3f5; --best: #e6f4ee; }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.55;
      font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
    main { max-width: 1000px; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; }
    header { border-bottom: 1px solid var(--line); margin-bottom: 2rem; padding-bottom: 1rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
    h2 { font-size: 1.35rem; margin: 2.6rem 0 .8rem; letter-spacing: -.005em; }
    h3 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
    p { margin: .8rem 0; max-width: 70ch; }
    a { color: var(--accent); }
    .subtitle, figcaption, caption, dt { color: var(--faint); }
    .subtitle { margin: 0; }
    code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
    code { background: var(--code); border-radius: 4px; padding: .1em .35em; overflow-wrap: anywhere; }
    pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; overflow-x: auto;
      line-height: 1.45; }
    pre code { background: none; padding: 0; font-size: 1em; overflow-wrap: normal; }
    figure { margin: 1.4rem 0; background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
      padding: .6rem; }
    figure .drawing { overflow-x: auto; }
    figure svg, figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
    figcaption { font-size: .88rem; padding: .5rem .6rem .2rem; }
    .gallery { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem;
      margin: 1.4rem 0; }
    .gallery figure { margin: 0; min-width: 0; }
    .table { overflow-x: auto; margin: 1.2rem 0; background: var(--paper); border: 1px solid var(--line);
      border-radius: 10px; }
    table { border-collapse: collapse; width: 100%; font-size: .92rem; }
    caption { text-align: left; padding: .8rem 1rem .2rem; font-size: .88rem; }
    th, td { text-align: left; padding: .5rem 1rem; border-bottom: 1px solid var(--line); }
    th { font-weight: 600; white-space: nowrap; }
    tbody tr:last-child td { border-bottom: 0; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    td strong { background: var(--best); border-radius: 4px; padding: .1em .4em; margin-right: -.4em; }
    td:not(.number) strong { margin-right: 0; }
    dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 210px), 1fr)); gap: .8rem;
      margin: 1.2rem 0; }
    dl div { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: .6rem .9rem;
      min-width: 0; }
    dt { font-size: .8rem; }
    dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    details { margin: 1.2rem 0; border: 1px solid var(--line); border-radius: 10px; padding: .6rem 1rem;
      background: var(--paper); }
    summary { cursor: pointer; font-weight: 600; }
    @media print { body { background: #fff; } figure, .table, dl div { break-inside: avoid; } }

    """

  /// The colours inside figures as rules, which win over the attributes in the SVG.
  private static var figureColors: String {
    "@media (prefers-color-scheme: dark) {\n" + rules { $0.dark } + "}\n"
  }

  private static func rules(_ pick: (PaletteColor) -> String) -> String {
    let fills = [
      ("paper", Palette.paper), ("ink", Palette.ink), ("faint-ink", Palette.faintInk), ("grid-fill", Palette.grid),
    ]
    let strokes = [
      ("grid", Palette.grid), ("faint-grid", Palette.faintGrid), ("axis", Palette.axis), ("ink-line", Palette.ink),
      ("reference", Palette.faintInk),
    ]
    var text = ""
    for (role, color) in fills { text += "  svg .\(role) { fill: \(pick(color)); }\n" }
    for (role, color) in strokes { text += "  svg .\(role) { stroke: \(pick(color)); }\n" }
    for (number, color) in Palette.series.enumerated() {
      text += "  svg .fill-\(number) { fill: \(pick(color)); } svg .stroke-\(number) { stroke: \(pick(color)); }\n"
    }
    return text
  }

  private static let darkPage = """
    @media (prefers-color-scheme: dark) {
      :root { --paper: #14181f; --page: #0d1015; --ink: #e6e9ee; --faint: #a3adba; --line: #29313c; --accent: #6db6f2;
        --code: #1b212a; --best: #173a2c; }
      figure img { background: #ffffff; border-radius: 6px; }
    }

    """
}
