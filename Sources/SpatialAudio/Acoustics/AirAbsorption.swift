// What the air takes from sound on its way, and how fast sound is.
// Not here: walls (WallMaterial.swift).

import Foundation
public import Lab

/// The state of the air in a room.
public struct Air: Codable, Equatable, Sendable {
  /// Temperature in °C.
  public var temperature = 20.0
  /// Relative humidity in percent.
  public var humidity = 50.0
  /// How sound is attenuated on its way.
  public var absorption = AirAbsorption.iso9613
  /// How the speed of sound is found.
  public var speed = SpeedOfSound.fixed(metersPerSecond: 343)

  /// Air of 20 °C and 50 % humidity.
  public init() {}

  /// The speed of sound in m/s.
  public var speedOfSound: Double {
    switch speed {
    case .fixed(let value): value
    case .fromTemperature: 331.4 + 0.6 * temperature + 0.0124 * humidity
    }
  }

  /// The energy attenuation constant m in 1/m at a frequency in Hz: energy falls as `exp(-m d)`.
  public func attenuation(frequency: Double) -> Double {
    switch absorption {
    case .none: 0
    case .iso9613: Self.iso9613(frequency: frequency, temperature: temperature, humidity: humidity) * log(10) / 10
    case .constants(let values):
      values[min(values.count - 1, max(0, Int((log2(frequency / 125)).rounded())))]
    }
  }

  /// Attenuation of pure tones in dB per metre at one atmosphere.
  ///
  /// - Parameters:
  ///   - frequency: in Hz.
  ///   - temperature: in °C.
  ///   - humidity: relative humidity in percent.
  /// > Source: ISO 9613-1:1993, equations 3 to 5 and annex B.
  public static func iso9613(frequency: Double, temperature: Double, humidity: Double) -> Double {
    let kelvin = temperature + 273.15
    let ratio = kelvin / 293.15
    let vapour = humidity * pow(10, -6.8346 * pow(273.16 / kelvin, 1.261) + 4.6151)
    let oxygen = 24 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour)
    let nitrogen = pow(ratio, -0.5) * (9 + 280 * vapour * exp(-4.170 * (pow(ratio, -1.0 / 3) - 1)))
    let square = frequency * frequency
    return 8.686 * square
      * (1.84e-11 * ratio.squareRoot()
        + pow(ratio, -2.5)
        * (0.01275 * exp(-2239.1 / kelvin) / (oxygen + square / oxygen)
          + 0.1068 * exp(-3352 / kelvin) / (nitrogen + square / nitrogen)))
  }
}

/// How the air attenuates sound.
public enum AirAbsorption: ConfigChoice, Equatable, Sendable {
  /// Not at all.
  case none
  /// By temperature and humidity after ISO 9613-1.
  case iso9613
  /// Energy attenuation constants in 1/m for the octave bands from 125 Hz.
  case constants(perMeter: [Double])

  /// Each case with its defaults.
  public static let defaults: [AirAbsorption] = [
    .none, .iso9613, .constants(perMeter: [0.0001, 0.0003, 0.0006, 0.001, 0.0019, 0.0058, 0.0203]),
  ]
}

/// How the speed of sound is found.
public enum SpeedOfSound: ConfigChoice, Equatable, Sendable {
  /// A number in m/s.
  case fixed(metersPerSecond: Double)
  /// `331.4 + 0.6 T + 0.0124 H` with T in °C and H in percent.
  case fromTemperature

  /// Each case with its defaults.
  public static let defaults: [SpeedOfSound] = [.fixed(metersPerSecond: 343), .fromTemperature]
}
