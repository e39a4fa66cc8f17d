public import Swiffuse

/// What a command works with: the parts it may use, the devices it may compute on, and where its words go.
public struct CommandEnvironment: Sendable {
    public var registry: Registry
    public var devices: [DeviceChoice]
    /// Results.
    public var output: TextOutput
    /// Progress and errors.
    public var messages: TextOutput

    public init(
        registry: Registry, devices: [DeviceChoice] = DeviceChoice.standard, output: TextOutput = .standardOutput,
        messages: TextOutput = .standardError
    ) {
        self.registry = registry
        self.devices = devices
        self.output = output
        self.messages = messages
    }

    /// Writes a line of results.
    func say(_ line: String = "") { output.write(line + "\n") }
}
