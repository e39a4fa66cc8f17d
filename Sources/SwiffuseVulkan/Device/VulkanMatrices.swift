/// How large matrix products of a Vulkan device round their operands. Sums and results are float32 in any case.
public enum VulkanMatrices: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case float32
    /// To 16-bit floats on their way into the device's matrix units, several times faster where there are such: results have
    /// three digits instead of seven, what exceeds 65,504 becomes infinite and what is below 6·10⁻⁸ becomes 0. Tensors stay
    /// float32.
    case float16
}
