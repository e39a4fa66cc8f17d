internal import CVulkan
internal import SwiffuseTensor

/// Compiled kernels, made at their first use. Used under the recorder's lock.
struct Pipelines {
    private struct Key: Hashable {
        let kernel: Kernel
        let constants: [UInt32]
    }

    private let context: VulkanContext
    private var compiled: [Key: UInt64] = [:]
    private let cacheFile: PipelineCacheFile

    init(_ context: VulkanContext) {
        self.context = context
        cacheFile = PipelineCacheFile(context)
        cacheFile.load()
    }

    /// Number of pipelines made so far.
    var count: Int { compiled.count }

    mutating func pipeline(_ kernel: Kernel, _ constants: [UInt32]) throws(DeviceError) -> UInt64 {
        let key = Key(kernel: kernel, constants: constants)
        if let known = compiled[key] { return known }
        guard let code = kernel.code(usesTexels: context.profile.usesTexels) else {
            fatalError("vulkan: the kernel \(kernel.rawValue) is missing from this build")
        }
        var pipeline: UInt64 = 0
        let result = cvk_pipeline_create(
            context.handle, code.words, code.byte_count, constants, constants.count, &pipeline)
        try VulkanFailure.check(
            result, device: context.name, operation: "compiling the kernel \(kernel.rawValue) \(constants)")
        compiled[key] = pipeline
        return pipeline
    }

    /// Keeps the driver's compiled code for the next run.
    func save() { if count > 0 { cacheFile.save() } }
}
