// What is true of a scene, in the form in which an encoder is taught and judged.
// Not here: metadata as such (Scenes/SceneMetadata.swift), losses (SlotLoss.swift, TrackLoss.swift).

/// A scene as an encoder should hear it.
public struct SceneTarget: Equatable, Sendable {
  /// One source.
  public struct Source: Equatable, Sendable {
    /// The class by number.
    public var classIndex: Int
    /// Its place as heard, at the middle of each moment: direction and distance in metres.
    public var places: [Place]
    /// Whether it sounds in each moment.
    public var activity: [Bool]

    /// A source of a class at these places, sounding in these moments.
    public init(classIndex: Int, places: [Place], activity: [Bool]) {
      self.classIndex = classIndex
      self.places = places
      self.activity = activity
    }

    /// The place that stands for the whole scene: that of the middle of its activity.
    public var place: Place {
      let active = activity.indices.filter { activity[$0] }
      return places[active.isEmpty ? places.count / 2 : active[active.count / 2]]
    }
  }

  /// A place as heard.
  public struct Place: Equatable, Sendable {
    /// The direction.
    public var direction: Direction
    /// The distance in metres.
    public var distance: Double

    /// A place.
    public init(direction: Direction, distance: Double) {
      self.direction = direction
      self.distance = distance
    }
  }

  /// The sources.
  public var sources: [Source]
  /// The decay time in seconds.
  public var decay: Double
  /// The volume in cubic metres.
  public var volume: Double

  /// A scene of these sources in a room.
  public init(sources: [Source], decay: Double, volume: Double) {
    self.sources = sources
    self.decay = decay
    self.volume = volume
  }

  /// What metadata say, moment by moment.
  ///
  /// A source sounds in a moment if it does for half of it or more: the rule of ``TrajectoryLabels``.
  public init(_ scene: SceneMetadata, moments: Int) {
    let length = 1 / Double(SpatialEncoderConfig.momentsPerSecond)
    sources = scene.sources.map { source in
      let spans = (0..<moments).map { moment in
        let begin = max(source.onset, Double(moment) * length), end = min(source.offset, Double(moment + 1) * length)
        return end - begin >= length / 2 - 1e-9
      }
      let places = (0..<moments).map { Self.place(of: source, at: (Double($0) + 0.5) * length) }
      return Source(classIndex: source.classIndex, places: places, activity: spans)
    }
    decay = scene.room.t20
    volume = scene.room.size.reduce(1, *)
  }

  /// The place at a time, between the points of the trajectory.
  private static func place(of source: SceneMetadata.Source, at time: Double) -> Place {
    let path = source.trajectory
    let next = path.firstIndex { $0[0] > time } ?? path.count
    let (low, high) = (path[max(0, next - 1)], path[min(path.count - 1, next)])
    let share = high[0] > low[0] ? min(1, max(0, (time - low[0]) / (high[0] - low[0]))) : 0
    func between(_ column: Int) -> Double { low[column] + share * (high[column] - low[column]) }
    return Place(direction: Direction(azimuth: between(1), elevation: between(2)), distance: between(3))
  }

  /// The scene that a symmetry makes of this one.
  public func mapped(by symmetry: Symmetry) -> SceneTarget {
    var result = self
    for source in sources.indices {
      for moment in sources[source].places.indices {
        result.sources[source].places[moment].direction = symmetry.apply(sources[source].places[moment].direction)
      }
    }
    return result
  }
}
