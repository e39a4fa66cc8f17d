/// What is watched while a Vulkan device works; all of it costs time.
public struct VulkanWatch: Sendable, Hashable {
    /// The Khronos validation layer watches every call; its messages are counted.
    public var isValidated: Bool
    /// The device's clock times every kernel, for `VulkanDevice.takeKernelTimes`.
    public var isTimed: Bool
    /// Every kernel is run at once and its output searched for what is not a number, so that the first fault is named.
    public var checksNumbers: Bool

    public init(isValidated: Bool = false, isTimed: Bool = false, checksNumbers: Bool = false) {
        self.isValidated = isValidated
        self.isTimed = isTimed
        self.checksNumbers = checksNumbers
    }
}
