// The labels of a rendered scene.
// Not here: the rules of frames (Labels/TrajectoryLabels.swift) and the format (Labels/DCASELabels.swift).

import Foundation

/// Labels of scenes.
enum SceneLabels {
  /// A source is active from the arrival of its first to that of its last sample on the direct path; its place is the one
  /// from which sound arrives at the middle of a frame.
  static func events(_ scene: RenderedScene) -> [LabelEvent] {
    let metadata = scene.metadata, place = metadata.listener.position
    let listener = Listener(position: Vector(place[0], place[1], place[2]), yaw: metadata.listener.yaw)
    let speed = metadata.room.speedOfSound
    let sources = zip(metadata.sources, scene.paths).map { source, path in
      LabelledSource(classIndex: source.classIndex, spans: [source.onset...max(source.onset, source.offset)]) { time in
        listener.local(path.apparentPosition(at: time, listener: listener.position, speedOfSound: speed))
      }
    }
    return TrajectoryLabels.events(sources, duration: metadata.duration)
  }
}
