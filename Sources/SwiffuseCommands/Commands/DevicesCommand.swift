import ArgumentParser
import Swiffuse

/// Lists the devices.
struct DevicesCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "List the devices, what they are and how fast they multiply matrices.",
        discussion: """
            For the processor: the vector instructions in use, the library that multiplies matrices, the core type that OpenBLAS chose its kernels for, the \
            number of threads, and the speed of a float32 matrix product in GFLOP/s (10⁹ operations per second). \
            With --ops: which fused operations each device has a kernel for; the others run as compositions of \
            primitives on the same device. For Vulkan devices: their type, driver, limits, the profile that \
            shapes their kernels, and whether they can multiply 16-bit matrices (--vulkan-matrices float16); a device \
            of the type processor is a software driver, slower than cpu.

            Examples:
              swiffuse devices
              swiffuse devices --ops --threads 1
              swiffuse devices --product 512x512x512 --product 1152x4096x1024
            """)

    @Flag(help: "Print the fused operations and the devices that have kernels for them.")
    var ops = false

    @Option(help: ArgumentHelp("Threads to use; all cores if left out.", valueName: "n"))
    var threads: Int?

    @Option(
        name: .customLong("product"),
        help: ArgumentHelp(
            "Measure a product of these sizes instead of 1024x1024x1024; may be repeated.",
            valueName: "rowsxinnerxcolumns"))
    var products: [ProductShape] = []

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads: found \(threads), expected 1 to 1024")
        }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        var opened: [(choice: DeviceChoice, device: any Device)] = []
        for choice in environment.devices where choice.pick == nil {
            do throws(DeviceError) {
                let members = try choice.members?()
                if let members, members.isEmpty { _ = try choice.open(DeviceSettings()) }
                for member in members ?? [choice] {
                    if let device = show(member, environment) { opened.append(device) }
                }
            } catch {
                environment.say("\(choice.name)  \(error)")
            }
        }
        for choice in environment.devices where choice.pick != nil {
            environment.say("\(choice.name)  \(choice.summary)")
        }
        if ops { printCoverage(of: opened, environment) }
        return opened.isEmpty ? CommandFailure.machineFailure : 0
    }

    /// Opens and describes a device; what cannot be opened is described with the reason.
    private func show(
        _ choice: DeviceChoice, _ environment: CommandEnvironment
    ) -> (choice: DeviceChoice, device: any Device)? {
        do throws(DeviceError) {
            let device = try choice.open(DeviceSettings(threads: threads))
            describe(device, choice, environment)
            return (choice, device)
        } catch {
            environment.say("\(choice.name)  \(error)")
            return nil
        }
    }

    private func describe(_ device: any Device, _ choice: DeviceChoice, _ environment: CommandEnvironment) {
        environment.say("\(choice.name)  \(device.info.name)")
        var table = Table([.left, .left])
        for detail in device.info.details { table.add([detail.label, detail.value]) }
        table.add(["memory", device.info.memoryLimit.map(Amount.bytes) ?? SystemMemory.summary])
        table.add(["element types", device.info.dtypes.map(\.rawValue).joined(separator: ", ")])
        for shape in products.isEmpty ? [.customary] : products {
            table.add(["matrix product", Self.speed(of: shape, on: device)])
        }
        for line in table.lines(indentation: 2) { environment.say(line) }
    }

    private static func speed(of shape: ProductShape, on device: any Device) -> String {
        do {
            return "\(Amount.number(try shape.speed(on: device))) GFLOP/s (float32, \(shape))"
        } catch {
            return "failed: \(error)"
        }
    }

    private func printCoverage(
        of opened: [(choice: DeviceChoice, device: any Device)], _ environment: CommandEnvironment
    ) {
        var parts: [String: [OpName]] = [:]
        for op in FusedOps.all { parts[op.name.name] = op.parts }
        let known = FusedOps.all.map { $0.name.name }
        let further = opened.flatMap { $0.device.kernels.names.map(\.name) }.filter { !known.contains($0) }
        environment.say()
        var table = Table([.left] + opened.map { _ in .left }, header: ["fused operation"] + opened.map(\.choice.name))
        for name in known + Set(further).sorted() {
            table.add([name] + opened.map { Self.cover(of: name, parts[name] ?? [], by: $0.device.kernels.names) })
        }
        for line in table.lines() { environment.say(line) }
    }

    private static func cover(of name: String, _ parts: [OpName], by kernels: [OpName]) -> String {
        if kernels.contains(OpName(name)) { return "kernel" }
        return parts.isEmpty ? "primitives" : parts.map(\.name).joined(separator: " + ")
    }
}
