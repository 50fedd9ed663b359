// Every colour of figures and reports, each for a light and a dark page.
// Not here: colours of matrices (ColorMap).

/// A colour of a data series.
package struct PaletteColor: Equatable {
  /// On white.
  package let light: String
  /// On a dark page.
  package let dark: String
}

/// The colours of figures.
package enum Palette {
  /// Told apart with any of the common colour-vision deficiencies, and by lightness in print.
  ///
  /// > Source: after Okabe and Ito, "Color universal design", 2008; without yellow and black, which vanish on a page.
  package static let series = [
    PaletteColor(light: "#0072b2", dark: "#5caee6"),
    PaletteColor(light: "#d55e00", dark: "#ff8f4d"),
    PaletteColor(light: "#009e73", dark: "#3cc99b"),
    PaletteColor(light: "#aa4499", dark: "#d98bcb"),
    PaletteColor(light: "#e69f00", dark: "#f2b84b"),
    PaletteColor(light: "#56b4e9", dark: "#a5d8f5"),
    PaletteColor(light: "#6b7280", dark: "#a3abb8"),
  ]

  package static func color(_ index: Int) -> PaletteColor { series[index % series.count] }

  /// Surfaces and lines by role, which the classes in the SVG name.
  package static let paper = PaletteColor(light: "#ffffff", dark: "#14181f")
  package static let ink = PaletteColor(light: "#1f2933", dark: "#e6e9ee")
  package static let faintInk = PaletteColor(light: "#5b6673", dark: "#a3adba")
  package static let grid = PaletteColor(light: "#e4e7eb", dark: "#2c343f")
  package static let faintGrid = PaletteColor(light: "#f1f3f5", dark: "#20262f")
  package static let axis = PaletteColor(light: "#7b8794", dark: "#7b8794")
}
