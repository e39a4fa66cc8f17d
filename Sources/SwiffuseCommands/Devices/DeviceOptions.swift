import ArgumentParser
import Foundation
import Swiffuse

/// The flags that choose where to compute.
struct DeviceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to compute; 'swiffuse devices' lists the choices.", valueName: "name"))
    var device = "cpu"

    @Option(help: ArgumentHelp("Threads to use; all cores if left out.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Most memory for tensors, in GiB; no limit if left out.", valueName: "gib"))
    var memoryLimit: Double?

    func validate() throws {
        let coreCount = ProcessInfo.processInfo.activeProcessorCount
        if let threads, !(1...coreCount).contains(threads) {
            throw ValidationError("--threads: found \(threads), expected 1 to \(coreCount), the cores of this machine")
        }
        if let memoryLimit, !(memoryLimit > 0 && memoryLimit <= 1_048_576) {
            throw ValidationError("--memory-limit: found \(memoryLimit), expected above 0, at most 1048576 GiB")
        }
    }

    var settings: DeviceSettings {
        DeviceSettings(threads: threads, memoryLimit: memoryLimit.map { Int($0 * 1_073_741_824) })
    }

    /// Opens the named device, and no other.
    func open(in environment: CommandEnvironment) throws -> any Device { try choice(in: environment).open(settings) }

    func choice(in environment: CommandEnvironment) throws -> DeviceChoice {
        guard let choice = environment.devices.first(where: { $0.name == device }) else {
            let known = environment.devices.map(\.name).joined(separator: ", ")
            throw UserError("--device: no device is called '\(device)'; known: \(known)")
        }
        return choice
    }

    /// The flags that were given, to be repeated by a later command.
    var words: [String] {
        (device == "cpu" ? [] : ["--device", device]) + (threads.map { ["--threads", String($0)] } ?? [])
            + (memoryLimit.map { ["--memory-limit", String($0)] } ?? [])
    }
}
