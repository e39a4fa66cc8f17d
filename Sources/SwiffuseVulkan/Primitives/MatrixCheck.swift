internal import SwiffuseTensor

extension VulkanRuntime {
    /// Tests the device's products of 16-bit matrices, each kernel that the profile can choose.
    ///
    /// - Throws: `unavailable`, naming the first wrong element, if one is wrong.
    func checkMatrices() throws(DeviceError) {
        guard let fault = try productFault() else { return }
        throw .unavailable(
            device: name,
            reason: "its products of 16-bit matrices are wrong (\(fault)); update the driver, or ask for float32")
    }

    /// What is wrong with the products of the profile's tiles; nil if all are as right as 16-bit operands allow.
    func productFault() throws(DeviceError) -> String? {
        let test = MatrixSelfTest(tiles: profile.product.tiles ?? [])
        return try test.fault { product throws(DeviceError) in try multiply(product) }
    }

    private func multiply(_ product: MatrixSelfTest.Product) throws(DeviceError) -> [Float] {
        let (rows, columns, depth) = (product.rows, product.columns, product.depth)
        let a =
            product.layout == .columnsRows
            ? try uploaded(product.left, [depth, rows]).exchanged : try uploaded(product.left, [rows, depth])
        let b =
            product.layout == .rowsColumns
            ? try uploaded(product.right, [columns, depth]).exchanged : try uploaded(product.right, [depth, columns])
        require(MatrixArrangement(a, b).layout == product.layout, "matmul", "\(product) takes another kernel")
        let output = try scratch([rows, columns])
        try self.product(a, b, output, scale: 1, mode: .overwrite, tile: product.tile)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * output.count, alignment: 16)
        defer { bytes.deallocate() }
        try download(output.vulkanBuffer, byteOffset: 0, to: bytes)
        return Array(bytes.bindMemory(to: Float.self))
    }

    private func uploaded(_ values: [Float], _ shape: [Int]) throws(DeviceError) -> BufferView {
        let view = try scratch(shape)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * values.count, alignment: 16)
        defer { bytes.deallocate() }
        values.withUnsafeBytes { bytes.copyMemory(from: $0) }
        try upload(UnsafeRawBufferPointer(bytes), to: view.vulkanBuffer)
        return view
    }
}
