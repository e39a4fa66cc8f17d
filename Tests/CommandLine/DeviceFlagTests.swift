import Swiffuse
import SwiffuseCommands
import Testing

/// Flags that say how a device computes.
@Suite struct DeviceFlagTests {
    @Test(arguments: [([], "float32"), (["--vulkan-matrices", "float16"], "float16")])
    func theMatricesAskedForReachTheDevice(_ flags: [String], _ expected: String) throws {
        var session = CommandLineSession()
        session.devices.append(
            DeviceChoice(name: "probe", summary: "says what it is asked for") { settings throws(DeviceError) in
                throw .unavailable(device: "probe", reason: "asked for \(settings.vulkanMatrices.rawValue)")
            })
        let outcome = try session.run(["bench", "forward", "--device", "probe"] + flags)
        #expect(outcome.exitCode == 1)
        #expect(outcome.messages.contains("asked for \(expected)"), "\(outcome.messages)")
    }

    /// Also where `auto` ends at the processor.
    @Test func theProcessorRefuses16BitMatrices() throws {
        var settings = DeviceSettings(threads: 1)
        settings.vulkanMatrices = .float16
        let refusal = try #require(throws: DeviceError.self) { _ = try DeviceChoice.cpu.open(settings) }
        #expect("\(refusal)".contains("--vulkan-matrices"))
    }
}
