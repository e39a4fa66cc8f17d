import ArgumentParser
import Foundation
import Swiffuse

/// The flags that choose where to compute.
struct DeviceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to compute: cpu, vulkan, vulkan:1, auto; 'swiffuse devices' lists the choices.", valueName: "name"))
    var device = "cpu"

    @Option(help: ArgumentHelp("Threads to use on the cpu; all cores if left out.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Most memory for tensors, in GiB; no limit if left out.", valueName: "gib"))
    var memoryLimit: Double?

    @Option(
        help: ArgumentHelp(
            "Who multiplies matrices on the cpu: onednn, openblas; the faster of those installed if left out.",
            valueName: "library"))
    var cpuProducts: String?

    @Option(
        help: ArgumentHelp(
            "How Vulkan kernels are shaped: llvmpipe, swiftshader, gpu; the device's own if left out.",
            valueName: "name"))
    var vulkanProfile: String?

    @Option(
        help: ArgumentHelp(
            "What large Vulkan products multiply: float32, or float16 with the matrix units of a GPU, faster and less exact.",
            valueName: "type"))
    var vulkanMatrices = "float32"

    @Flag(help: "Run each Vulkan kernel at once and stop at the first that gives not-a-number (slow).")
    var vulkanCheckNumbers = false

    func validate() throws {
        let coreCount = CPUDevice.coreCount
        if let threads, !(1...coreCount).contains(threads) {
            throw ValidationError("--threads: found \(threads), expected 1 to \(coreCount), the cores of this machine")
        }
        if let memoryLimit, !(memoryLimit > 0 && memoryLimit <= 1_048_576) {
            throw ValidationError("--memory-limit: found \(memoryLimit), expected above 0, at most 1048576 GiB")
        }
        if let cpuProducts {
            if library == nil {
                let known = MatrixLibrary.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--cpu-products: found \(cpuProducts), expected one of \(known)")
            }
            if device.hasPrefix("vulkan") {
                throw ValidationError("--cpu-products: \(device) does not use it; name it with --device cpu")
            }
        }
        if let vulkanProfile, profile == nil {
            let known = VulkanProfile.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--vulkan-profile: found \(vulkanProfile), expected one of \(known)")
        }
        if matrices == nil {
            let known = VulkanMatrices.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--vulkan-matrices: found \(vulkanMatrices), expected one of \(known)")
        }
        if device == "cpu", let flag = vulkanProfile != nil ? "profile" : vulkanCheckNumbers ? "check-numbers" : nil {
            throw ValidationError("--vulkan-\(flag): the cpu does not use it; name a Vulkan device with --device")
        }
        if device == "cpu", matrices != .float32 {
            throw ValidationError("--vulkan-matrices: \(vulkanMatrices) needs a Vulkan device; name one with --device")
        }
    }

    private var library: MatrixLibrary? { cpuProducts.flatMap(MatrixLibrary.init) }

    private var matrices: VulkanMatrices? { VulkanMatrices(rawValue: vulkanMatrices) }

    private var profile: VulkanProfile? { VulkanProfile.all.first { $0.name == vulkanProfile } }

    var settings: DeviceSettings {
        var settings = DeviceSettings(
            threads: threads, memoryLimit: memoryLimit.map { Int($0 * 1_073_741_824) }, vulkanProfile: profile)
        settings.matrixLibrary = library
        settings.vulkanMatrices = matrices ?? .float32
        settings.vulkanWatch.checksNumbers = vulkanCheckNumbers
        return settings
    }

    /// Opens the named device, and no other.
    func open(in environment: CommandEnvironment) throws -> any Device { try choice(in: environment).open(settings) }

    /// What `--device` names; of a name that picks among devices the one that it picks, with a line that says why.
    func choice(in environment: CommandEnvironment) throws -> DeviceChoice {
        let choice = try environment.device(named: device)
        guard let pick = choice.pick?() else { return choice }
        environment.messages.write("\(choice.name): \(pick.choice.name), \(pick.reason)\n")
        return pick.choice
    }

    /// The flags that were given, to be repeated by a later command.
    var words: [String] {
        (device == "cpu" ? [] : ["--device", device]) + (threads.map { ["--threads", String($0)] } ?? [])
            + (memoryLimit.map { ["--memory-limit", String($0)] } ?? [])
            + (cpuProducts.map { ["--cpu-products", $0] } ?? [])
            + (vulkanProfile.map { ["--vulkan-profile", $0] } ?? [])
            + (vulkanMatrices == "float32" ? [] : ["--vulkan-matrices", vulkanMatrices])
            + (vulkanCheckNumbers ? ["--vulkan-check-numbers"] : [])
    }
}

extension CommandEnvironment {
    /// Looks up what `--device` names.
    func device(named name: String) throws -> DeviceChoice {
        if let choice = devices.first(where: { $0.name == name }) { return choice }
        if let family = devices.first(where: { name.hasPrefix($0.name + ":") }), let members = try family.members?() {
            if let choice = members.first(where: { $0.name == name }) { return choice }
            let known = members.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")
            throw UserError("--device: there is no '\(name)'; found: \(known.isEmpty ? "none" : known)")
        }
        throw UserError(
            "--device: no device is called '\(name)'; known: \(devices.map(\.name).joined(separator: ", "))")
    }
}
