/// Stops the program with a message, in release builds too, when code uses the library wrongly.
///
/// For mistakes that only code can cause; whatever a file, a flag or a machine can cause is thrown as a typed error.
@inlinable
public func require(
    _ condition: @autoclosure () -> Bool, _ operation: @autoclosure () -> String,
    _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    if !condition() {
        fatalError("\(operation()): \(message())", file: file, line: line)
    }
}
