public import Swiffuse
import SwiffuseDeCo
import SwiffuseDiT
import SwiffuseJiT
import SwiffusePerceptual
import SwiffusePixNerd
public import SwiffuseTesting

/// What a command works with: the parts it may use, the devices it may compute on, and where its words go.
public struct CommandEnvironment: Sendable {
    public var registry: Registry
    public var devices: [DeviceChoice]
    /// What `verify` compares with golden fixtures.
    public var checks: [any GoldenCheck]
    /// Results.
    public var output: TextOutput
    /// Progress and errors.
    public var messages: TextOutput

    public init(
        registry: Registry, devices: [DeviceChoice] = DeviceChoice.standard,
        checks: [any GoldenCheck] = CommandEnvironment.standardChecks, output: TextOutput = .standardOutput,
        messages: TextOutput = .standardError
    ) {
        self.registry = registry
        self.devices = devices
        self.checks = checks
        self.output = output
        self.messages = messages
    }

    /// The checks of this package.
    public static var standardChecks: [any GoldenCheck] {
        GoldenRunner.libraryChecks + JiTGoldenChecks.all + PerceptualGoldenChecks.all + DiTGoldenChecks.all
            + DeCoGoldenChecks.all + PixNerdGoldenChecks.all
    }

    /// Writes a line of results.
    func say(_ line: String = "") { output.write(line + "\n") }
}
