import Foundation

/// A place for text, such as a terminal.
public struct TextOutput: Sendable {
    /// Whether a person is watching, so that a line may be rewritten in place.
    public let isTerminal: Bool
    /// Writes text as it is.
    public let write: @Sendable (String) -> Void

    public init(isTerminal: Bool = false, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    public static var standardOutput: TextOutput { TextOutput(descriptor: 1) }
    public static var standardError: TextOutput { TextOutput(descriptor: 2) }

    private init(descriptor: Int32) {
        self.init(isTerminal: isatty(descriptor) == 1) { text in
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                // A reader that has gone away, such as `| head`, is no reason to stop training.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
