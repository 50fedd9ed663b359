// The DCASE labels of a rendered scene.
// Not here: the format (Labels/DCASELabels.swift).

import Foundation

/// Labels of scenes.
enum SceneLabels {
  /// Seconds of a label frame.
  static let framePeriod = 0.1

  /// The label file.
  ///
  /// Frame k covers `[0.1 k, 0.1 (k + 1))`. A source is active in a frame if its sound, as it arrives on the direct path,
  /// covers at least half of it; its place is that at the middle of the frame.
  static func csv(_ scene: RenderedScene) -> String {
    let metadata = scene.metadata
    let listener = Listener(
      position: Vector(metadata.listener.position[0], metadata.listener.position[1], metadata.listener.position[2]),
      yaw: metadata.listener.yaw)
    var rows: [[Int]] = []
    for frame in 0..<Int((metadata.duration / framePeriod).rounded(.down)) {
      let (start, end) = (framePeriod * Double(frame), framePeriod * Double(frame + 1))
      for source in metadata.sources {
        guard min(end, source.offset) - max(start, source.onset) >= framePeriod / 2 - 1e-9 else { continue }
        let place = scene.paths[source.id].apparentPosition(
          at: start + framePeriod / 2, listener: listener.position, speedOfSound: metadata.room.speedOfSound)
        let local = listener.local(place)
        guard let direction = Direction(local) else { continue }
        let azimuth = direction.azimuth.rounded(.toNearestOrAwayFromZero)
        rows.append([
          frame, source.classIndex, source.id, azimuth >= 180 ? -180 : Int(azimuth),
          Int(direction.elevation.rounded(.toNearestOrAwayFromZero)),
          Int((100 * local.length).rounded(.toNearestOrAwayFromZero)),
        ])
      }
    }
    return rows.sorted { $0.lexicographicallyPrecedes($1) }.map { $0.map(String.init).joined(separator: ",") + "\n" }
      .joined()
  }
}
