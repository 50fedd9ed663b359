// What all errors of this library have in common, and the exit codes of the command line.
// Not here: the errors themselves; each lives beside the code that throws it.

/// How a command ends. The raw values are the exit codes of every executable of the package.
public enum ExitStatus: Int32, Sendable {
  /// Everything that was asked for was done.
  case success = 0
  /// Something failed while the command ran.
  case failure = 1
  /// The command line or a config file is wrong; nothing was started.
  case usage = 2
  /// The run was interrupted, its state is saved, and it can be resumed.
  case interrupted = 130
}

/// An error that a user can act on.
///
/// Its description reads *what, where: expected X, got Y. Hint.*
public protocol LabError: Error, CustomStringConvertible {
  /// The exit code of a command that ends with this error.
  var exitStatus: ExitStatus { get }
}

extension LabError {
  /// ``ExitStatus/failure``, unless the error says otherwise.
  public var exitStatus: ExitStatus { .failure }
}
