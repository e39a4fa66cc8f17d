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

    @Test(arguments: [([], "the preferred one"), (["--cpu-products", "openblas"], "openblas")])
    func theLibraryAskedForReachesTheDevice(_ flags: [String], _ expected: String) throws {
        var session = CommandLineSession()
        session.devices.append(
            DeviceChoice(name: "probe", summary: "says what it is asked for") { settings throws(DeviceError) in
                let library = settings.matrixLibrary?.rawValue ?? "the preferred one"
                throw .unavailable(device: "probe", reason: "asked for \(library)")
            })
        let outcome = try session.run(["bench", "forward", "--device", "probe"] + flags)
        #expect(outcome.exitCode == 1)
        #expect(outcome.messages.contains("asked for \(expected)"), "\(outcome.messages)")
    }

    @Test(arguments: [
        (["--cpu-products", "mkl"], "found mkl, expected one of openblas, onednn"),
        (["--cpu-products", "openblas", "--device", "vulkan"], "vulkan does not use it"),
    ])
    func librariesThatCannotBeUsedAreRefused(_ flags: [String], _ reason: String) throws {
        let outcome = try CommandLineSession().run(["bench", "forward"] + flags)
        #expect(outcome.exitCode == 2)
        #expect(outcome.messages.contains(reason), "\(outcome.messages)")
    }

    /// Also where `auto` ends at the processor.
    @Test func theProcessorRefuses16BitMatrices() throws {
        var settings = DeviceSettings(threads: 1)
        settings.vulkanMatrices = .float16
        let refusal = try #require(throws: DeviceError.self) { _ = try DeviceChoice.cpu.open(settings) }
        #expect("\(refusal)".contains("--vulkan-matrices"))
    }
}
