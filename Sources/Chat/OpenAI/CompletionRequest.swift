// A chat request as the JSON of the chat completions protocol.
// Not here: sending it (HTTP), reading the answer (CompletionParser.swift).

package import Foundation

/// The body of `POST {base}/chat/completions`.
package enum CompletionRequest {
  /// The JSON, keys in order, so that equal requests are equal bytes.
  ///
  /// A message without pictures is sent as one string, which every server takes; pictures are data URLs with the type
  /// that they have.
  package static func body(_ request: ChatRequest, endpoint: ChatEndpoint) -> Data {
    var fields: [(String, JSON)] = []
    if request.sampling.maxTokens >= 0 { fields.append(("max_tokens", .number("\(request.sampling.maxTokens)"))) }
    fields.append(("messages", .array(request.messages.map { message($0, detail: endpoint.imageDetail) })))
    fields.append(("model", .string(endpoint.model)))
    if endpoint.sendsSeed { fields.append(("seed", .number("\(request.sample)"))) }
    fields.append(("stream", .bool(endpoint.stream)))
    if endpoint.stream { fields.append(("stream_options", .object([("include_usage", .bool(true))]))) }
    if let number = number(request.sampling.temperature) { fields.append(("temperature", number)) }
    if let number = number(request.sampling.topP) { fields.append(("top_p", number)) }
    var data = Data()
    JSON.object(fields).write(to: &data)
    return data
  }

  /// The number, unless it leaves the choice to the server.
  private static func number(_ value: Double) -> JSON? {
    value >= 0 && value.isFinite ? .number("\(value)") : nil
  }

  private static func message(_ message: ChatMessage, detail: ImageDetail) -> JSON {
    let content: JSON =
      message.images.isEmpty ? .string(message.text) : .array(message.parts.map { part($0, detail: detail) })
    return .object([("content", content), ("role", .string(message.role.rawValue))])
  }

  private static func part(_ part: ChatPart, detail: ImageDetail) -> JSON {
    switch part {
    case .text(let text): return .object([("text", .string(text)), ("type", .string("text"))])
    case .image(let image):
      var fields: [(String, JSON)] = detail == .unset ? [] : [("detail", .string(detail.rawValue))]
      fields.append(("url", .dataURL(image)))
      return .object([("image_url", .object(fields)), ("type", .string("image_url"))])
    }
  }
}

/// JSON that is only written, straight into bytes: pictures make megabytes of it.
private enum JSON {
  case bool(Bool)
  case number(String)
  case string(String)
  case dataURL(ChatImage)
  case array([JSON])
  case object([(String, JSON)])

  func write(to data: inout Data) {
    switch self {
    case .bool(let value): data.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): data.append(contentsOf: text.utf8)
    case .string(let text): Self.write(text, to: &data)
    case .dataURL(let image):
      // Quoted like any string: the type comes from outside this module.
      Self.write("data:\(image.mediaType);base64,", to: &data)
      data.removeLast()
      data.append(Data(image.bytes).base64EncodedData())
      data.append(UInt8(ascii: "\""))
    case .array(let elements):
      data.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { data.append(UInt8(ascii: ",")) }
        element.write(to: &data)
      }
      data.append(UInt8(ascii: "]"))
    case .object(let fields):
      data.append(UInt8(ascii: "{"))
      for (index, field) in fields.enumerated() {
        if index > 0 { data.append(UInt8(ascii: ",")) }
        Self.write(field.0, to: &data)
        data.append(UInt8(ascii: ":"))
        field.1.write(to: &data)
      }
      data.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to data: inout Data) {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0..<0x20:
        bytes += Array("\\u00".utf8) + Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    data.append(contentsOf: bytes)
  }
}
