internal import CVulkan

/// What a device says about products of cooperative matrices (VK_KHR_cooperative_matrix), which its subgroups hold together.
package struct MatrixSupport: Sendable, Hashable {
    /// The sizes of A B + C: A and B hold 16-bit floats, C and the result 32-bit ones.
    package struct Product: Sendable, Hashable {
        package var rows: Int
        package var columns: Int
        package var depth: Int

        package init(rows: Int, columns: Int, depth: Int) {
            self.rows = rows
            self.columns = columns
            self.depth = depth
        }

        /// What the kernel is written for.
        package static let needed = Product(rows: 16, columns: 16, depth: 16)
    }

    package var hasExtension: Bool
    /// Whether compute kernels may use the extension.
    package var hasFeature: Bool
    /// Whether the driver crashes when it is asked for the products.
    package var hasFaultyDriver: Bool
    package var hasFloat16: Bool
    package var hasMemoryModel: Bool
    /// Of a whole subgroup.
    package var products: [Product]
    package var subgroupSize: Int
    /// Invocations of a workgroup.
    package var workgroupSizeLimit: Int
    package var sharedMemoryByteCount: Int

    /// A device that has everything.
    package init(subgroupSize: Int) {
        (hasExtension, hasFeature, hasFaultyDriver, hasFloat16, hasMemoryModel) = (true, true, false, true, true)
        products = [.needed]
        self.subgroupSize = subgroupSize
        workgroupSizeLimit = 1024
        sharedMemoryByteCount = 32 << 10
    }

    init(_ facts: cvk_device_facts) {
        hasExtension = facts.has_matrix_extension
        hasFeature = facts.has_matrix_feature
        hasFaultyDriver = facts.has_matrix_fault
        hasFloat16 = facts.has_float16
        hasMemoryModel = facts.has_memory_model
        let known = withUnsafeBytes(of: facts.matrix_products) { bytes in
            Array(bytes.bindMemory(to: cvk_matrix_product.self).prefix(Int(facts.matrix_product_count)))
        }
        products = known.map { Product(rows: Int($0.rows), columns: Int($0.columns), depth: Int($0.depth)) }
        subgroupSize = Int(facts.subgroup_size)
        workgroupSizeLimit = Int(facts.workgroup_size_limit)
        sharedMemoryByteCount = Int(facts.shared_memory_bytes)
    }

    /// Invocations of the kernel's workgroups: four subgroups.
    var groupSize: Int { 4 * subgroupSize }

    /// Bytes of shared memory that the kernel takes with its largest tile, 128 × 128: two slices of 32 with the gaps in
    /// them, and a square per subgroup.
    private static let neededSharedMemory = 2 * (128 * 32 + 8 * (128 + 32)) * 2 + 4 * 16 * 16 * 4

    /// What keeps the device from multiplying in 16 bits; nil if nothing does.
    package var obstacle: String? {
        if !hasExtension { return "its driver does not offer VK_KHR_cooperative_matrix" }
        if !hasFeature { return "its driver offers VK_KHR_cooperative_matrix, but not in compute kernels" }
        if hasFaultyDriver {
            return "AMD's driver crashes when an integrated GPU is asked for its matrix products; Mesa's does not"
        }
        if !hasFloat16 { return "its driver lacks the feature shaderFloat16" }
        if !hasMemoryModel { return "its driver lacks the feature vulkanMemoryModel" }
        if !products.contains(.needed) {
            let sizes = products.map { "\($0.rows) × \($0.columns) × \($0.depth)" }.joined(separator: ", ")
            return "its subgroups do not multiply 16 × 16 × 16 matrices of 16-bit floats into float32; they offer "
                + (sizes.isEmpty ? "no such product of any size" : sizes)
        }
        if subgroupSize == 0 || groupSize > workgroupSizeLimit {
            return "four subgroups of \(subgroupSize) do not fit a workgroup of \(workgroupSizeLimit)"
        }
        if sharedMemoryByteCount < Self.neededSharedMemory {
            return "a workgroup has \(sharedMemoryByteCount) bytes of shared memory, \(Self.neededSharedMemory) are "
                + "needed"
        }
        return nil
    }
}
