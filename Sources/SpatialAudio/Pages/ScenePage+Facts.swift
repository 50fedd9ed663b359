// The facts and tables of a scene's page.
// Not here: figures.

import Lab
import Media

extension ScenePage {
  var facts: [Report.Fact] {
    let room = scene.room
    let volume = room.size.count == 3 ? room.size.reduce(1, *) : .nan
    func fact(_ name: String, _ value: String) -> Report.Fact { .init(name, RichText(value)) }
    let size = room.size.map { Self.text($0, 2) }.joined(separator: " × ")
    let position = scene.listener.position.map { Self.text($0, 2) }.joined(separator: ", ")
    let format = scene.format
    return [
      fact("Room", size.isEmpty ? "–" : "\(size) m"),
      fact("Volume", "\(Self.text(volume, 1)) m³"),
      fact("T20, 500 Hz and 1 kHz", "\(Self.text(room.t20, 3)) s" + asked(room.targetT20)),
      fact("Early decay time", "\(Self.text(room.earlyDecayTime, 3)) s"),
      fact("Clarity C50", "\(Self.text(room.clarity50, 1)) dB"),
      fact("Listener", "\(position) m, facing \(Self.text(scene.listener.yaw, 1))°"),
      fact("Noise", scene.noise.type == "none" ? "none" : noise),
      fact("Common gain", "\(Self.text(scene.commonGain, 1)) dB"),
      fact("Peak", audio.peak > 0 ? "\(Self.text(SceneAnalysis.decibels(Double(audio.peak)), 1)) dBFS" : "silent"),
      fact("Format", "\(format.order), \(format.normalization), \(audio.sampleRate) Hz"),
      fact("Tail", room.mixingTime > 0 ? "diffuse from \(Self.text(1000 * room.mixingTime, 0)) ms on" : "none"),
      fact("Speed of sound", "\(Self.text(room.speedOfSound, 1)) m/s"),
      .init("Seed", .code(scene.seed)),
      .init("Audio", .code(scene.audio)),
    ]
  }

  private func asked(_ target: Double) -> String { target > 0 ? " (asked \(Self.text(target, 3)) s)" : "" }

  private var noise: String {
    let name = scene.noise.type.split(separator: "_").joined(separator: " ")
    return "\(name), SNR \(Self.text(scene.noise.signalToNoise, 1)) dB"
  }

  /// One row for each source; direction and distance where its sound begins.
  var sourceTable: Table {
    Table(
      columns: [
        .text("source"), .text("motion"), .text("active (s)"), .number("azimuth (°)"), .number("elevation (°)"),
        .number("distance (m)"), .number("DRR (dB)"), .number("W (dBFS)"),
      ],
      rows: scene.sources.map { source in
        let start = SourceTrack(source).values(at: source.onset)
        return [
          Table.Cell(RichText(Self.name(source))), Table.Cell(RichText(source.motion)),
          Table.Cell(RichText("\(Self.text(source.onset, 2)) – \(Self.text(source.offset, 2))")),
          Self.cell(start.map { SourceTrack.wrapped($0.azimuth) }, 1), Self.cell(start?.elevation, 1),
          Self.cell(start?.distance, 2), Self.cell(source.directToReverberant, 1), Self.cell(source.level, 1),
        ]
      })
  }

  /// The clips that the sources play.
  var clipTable: Table {
    Table(
      columns: [.text("source"), .text("clip"), .number("gain (dB)")],
      rows: scene.sources.map { source in
        [Table.Cell(RichText(Self.name(source))), Table.Cell(.code(source.clip)), Self.cell(source.gain, 1)]
      })
  }

  /// Reverberation time by octave band.
  var reverberationTable: Table {
    let room = scene.room
    let times = room.bands.indices.map { $0 < room.t20ByBand.count ? room.t20ByBand[$0] : .nan }
    return Table(
      columns: [.text("octave band (Hz)")] + room.bands.map { .number(Self.text($0, 0)) },
      rows: [["T20 (s)"] + times.map { Self.cell($0, 3) }],
      caption: "Reverberation time, measured in the response by backward integration from -5 to -25 dB")
  }

  /// Energy absorption by wall and octave band.
  var absorptionTable: Table {
    let walls = ["x−", "x+", "y−", "y+", "z− (floor)", "z+ (ceiling)"]
    let bands = scene.room.bands
    return Table(
      columns: [.text("wall")] + bands.map { .number(Self.text($0, 0) + " Hz") },
      rows: scene.room.absorption.enumerated().map { index, values in
        [Table.Cell(RichText(index < walls.count ? walls[index] : "wall \(index)"))]
          + bands.indices.map { Self.cell($0 < values.count ? values[$0] : nil, 2) }
      })
  }

  private static func cell(_ value: Double?, _ decimals: Int) -> Table.Cell {
    guard let value, value.isFinite else { return "–" }
    return Table.Cell.number(value, decimals: decimals)
  }
}
