// Safetensors files made by hand, and temporary files that remove themselves.
import Foundation
import Testing

enum SafeTensorsBytes {
  /// A file of the given header, with its true length unless stated, and data.
  static func file(_ header: String, length: UInt64? = nil, data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8), length = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text + data
  }

  /// A header entry of one tensor.
  static func entry(_ name: String, _ type: String = "F32", _ shape: String = "[1]", _ offsets: String = "[0,4]")
    -> String
  {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }
}

/// A file in a directory of its own that disappears with this object.
final class TemporaryFile {
  let directory: URL
  var path: String { directory.appending(path: "file.safetensors").path }

  init(_ bytes: [UInt8]? = nil) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "tensor-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    if let bytes { try Data(bytes).write(to: URL(filePath: path)) }
  }

  /// The names in the directory.
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() } }

  var bytes: [UInt8] { get throws { try Array(Data(contentsOf: URL(filePath: path))) } }

  deinit { try? FileManager.default.removeItem(at: directory) }
}
