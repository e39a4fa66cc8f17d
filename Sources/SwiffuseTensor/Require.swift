/// The value of an optional that code must have filled; stops the program as `require` does if there is none.
@inlinable
public func required<Value>(
    _ value: Value?, _ operation: @autoclosure () -> String, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) -> Value {
    guard let value else { fatalError("\(operation()): \(message())", file: file, line: line) }
    return value
}

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
