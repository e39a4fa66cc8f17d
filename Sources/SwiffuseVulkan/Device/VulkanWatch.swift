/// What is watched while a Vulkan device works; all of it costs time.
public struct VulkanWatch: Sendable, Hashable {
    /// The Khronos validation layer watches every call; its messages are counted.
    public var isValidated: Bool
    /// The device's clock times every kernel, for `VulkanDevice.takeKernelTimes`.
    public var isTimed: Bool
    /// Every kernel is run at once and its output searched for what is not a number, so that the first fault is named.
    public var checksNumbers: Bool
    /// Kernels are bound to the bytes of their operands alone instead of whole blocks, so that validation of
    /// synchronisation can tell which dispatches touch the same memory. They read through storage buffers then, on llvmpipe
    /// too.
    public var bindsExactly: Bool

    public init(
        isValidated: Bool = false, isTimed: Bool = false, checksNumbers: Bool = false, bindsExactly: Bool = false
    ) {
        self.isValidated = isValidated
        self.isTimed = isTimed
        self.checksNumbers = checksNumbers
        self.bindsExactly = bindsExactly
    }
}
