// Which files this process holds open.
// Not here: opening and closing them.
public import Foundation

/// The open descriptors of this process whose files lie in a folder. Other tests that run at the same time do not count.
public func openDescriptors(in folder: URL) -> Int {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
  let prefix = folder.resolvingSymlinksInPath().path + "/"
  return names.filter { name in
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"))?.hasPrefix(prefix) == true
  }.count
}
