import SwiffuseCPU
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting
import Testing

@Suite struct CPUDeviceTests {
    @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
        func result(threads: Int) throws -> [Float] {
            let device = try CPUDevice(threads: threads)
            var random = Philox(seed: 1)
            let tape = Tape()
            let x = tape.watch(.normal([2, 137, 64], using: &random, on: device))
            let weight = tape.watch(.normal([64], using: &random, on: device))
            let shift = tape.watch(.normal([2, 64], using: &random, on: device))
            let y = ModulatedRMSNormOp()([x, weight, shift, shift])[0]
            let gradients = tape.gradients(of: y.squared().sum(), withRespectTo: [x, weight, shift])
            return try gradients.flatMap { try $0?.scalars() ?? [] }
        }
        #expect(try result(threads: 1) == result(threads: 3))
    }

    /// Same bytes from run to run, wherever the operands lie.
    @Test(arguments: MatrixLibrary.allCases.filter(\.isInstalled))
    func productsAreTheSameInEveryRun(_ library: MatrixLibrary) throws {
        let device = try CPUDevice(threads: 2, matrixLibrary: library)
        #expect(device.info.details.contains { $0.label == "matrix products" })
        var random = Philox(seed: 3)
        let a = Tensor.normal([149, 211], using: &random, on: device)
        let b = Tensor.normal([211, 173], using: &random, on: device)
        let expected = try a.matmul(b).scalars()
        for rows in 1...5 {
            // The matrix again, some rows further down in a larger one.
            let moved = Tensor.concatenated([Tensor.ones([rows, 211], on: device), a], along: 0)
            #expect(try moved.sliced(along: 0, rows..<rows + 149).matmul(b).scalars() == expected)
        }
    }

    /// A linear layer's results and gradients by every library, at sizes that are cut into strips of several depths,
    /// with rows a power of two apart, and not cut at all.
    @Test(arguments: [[203, 211, 331], [1301, 193, 209], [131, 1024, 98], [90, 191, 63]])
    func librariesAgreeOnLinearLayers(_ sizes: [Int]) throws {
        func results(_ library: MatrixLibrary) throws -> [[Float]] {
            let device = try CPUDevice(threads: 3, matrixLibrary: library)
            var random = Philox(seed: 5)
            let tape = Tape()
            let x = tape.watch(.normal([sizes[0], sizes[1]], using: &random, on: device))
            let weight = tape.watch(.normal([sizes[2], sizes[1]], using: &random, on: device))
            let bias = tape.watch(.normal([sizes[2]], using: &random, on: device))
            // Applied twice: gradients are added to others.
            let first = LinearOp(hasBias: true)([x, weight, bias])[0]
            let second = LinearOp(hasBias: true)([x * 0.5, weight, bias])[0]
            let loss = (first.squared() + second).sum()
            return try [first.detached()].map { try $0.scalars() }
                + tape.gradients(of: loss, withRespectTo: [x, weight, bias]).map { try $0?.scalars() ?? [] }
        }
        let expected = try results(.openBLAS)
        for library in MatrixLibrary.allCases where library.isInstalled {
            for (found, expected) in zip(try results(library), expected) {
                let largest = expected.reduce(0) { max($0, abs($1)) }
                let error = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
                // Sums of up to 1,301 products in another order.
                #expect(error <= 1e-5 * largest && found.count == expected.count)
            }
        }
    }

    /// Results do not depend on how the weight lies, beyond rounding; values are the same, and laid out once.
    @Test(arguments: MatrixLibrary.allCases.filter(\.isInstalled), [[203, 211, 331], [3, 70, 2048], [131, 1024, 98]])
    func weightsMayLieInColumns(_ library: MatrixLibrary, _ sizes: [Int]) throws {
        let device = try CPUDevice(threads: 3, matrixLibrary: library)
        let scope = Scope()
        let layer = Linear(scope.child("layer"), from: sizes[1], to: sizes[2], initial: .normal(deviation: 1))
        let plain = ParameterStore(scope, seed: 2, on: device)
        var laidOut = plain
        laidOut.layOutForProducts()
        #expect(try laidOut[layer.weight].scalars() == plain[layer.weight].scalars())
        let held = device.memoryUse.current
        laidOut.layOutForProducts()
        #expect(device.memoryUse.current == held)
        var random = Philox(seed: 3)
        let x = Tensor.normal([sizes[0], sizes[1]], using: &random, on: device)
        let expected = try layer(x, Pass(plain)).scalars()
        let found = try layer(x, Pass(laidOut)).scalars()
        // Sums of up to 1,024 products of numbers around 1, in another order.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-3 } && found.count == expected.count)
    }

    /// Weights without rows or columns are multiplied by, too.
    @Test(arguments: [[5, 0, 3], [5, 3, 0], [0, 3, 2], [12, 0, 7]])
    func emptyLinearLayers(_ sizes: [Int]) throws {
        let device = try CPUDevice(threads: 2)
        let result = LinearOp(hasBias: true)([
            .ones([sizes[0], sizes[1]], on: device), .ones([sizes[2], sizes[1]], on: device),
            .ones([sizes[2]], on: device),
        ])[0]
        #expect(try result.scalars() == [Float](repeating: 1, count: sizes[1] == 0 ? sizes[0] * sizes[2] : 0))
    }

    @Test(arguments: [[0, 3, 2], [3, 0, 2], [3, 2, 0], [0, 0, 0]])
    func emptyGatedLayers(_ sizes: [Int]) throws {
        let device = try CPUDevice(threads: 2)
        let tape = Tape()
        let shapes: [Shape] = [[sizes[0], 2 * sizes[1]], [sizes[2], sizes[1]], [sizes[2]]]
        let inputs = shapes.map { tape.watch(.ones($0, on: device)) }
        let result = SwiGLULinearOp(hasBias: true)(inputs)[0]
        #expect(try result.scalars() == [Float](repeating: 1, count: sizes[1] == 0 ? sizes[0] * sizes[2] : 0))
        for (gradient, shape) in zip(tape.gradients(of: result.sum(), withRespectTo: inputs), shapes) {
            #expect(try #require(gradient).scalars().count == shape.count)
        }
    }

    /// Batches, channels, rows of patches and widths of a layer, one of them 0.
    @Test(arguments: [[0, 2, 3, 4], [2, 0, 3, 4], [2, 2, 0, 4], [2, 2, 3, 0]])
    func emptyPatches(_ sizes: [Int]) throws {
        try emptyPatches(sizes, on: CPUDevice(threads: 2))
        try emptyPatches(sizes, on: ReferenceDevice())
    }

    private func emptyPatches(_ sizes: [Int], on device: any Device) throws {
        let (batch, channels, rows, width) = (sizes[0], sizes[1], sizes[2], sizes[3])
        let layout = PatchLayout(size: 2)
        func check(
            _ op: some FusedOp, _ shapes: [Shape], isBias: Bool, result shape: Shape, gradients: [Int]
        ) throws {
            let tape = Tape()
            let inputs = shapes.map { tape.watch(.ones($0, on: device)) }
            let result = op(inputs)[0]
            #expect(result.shape == shape)
            // Without products, the bias.
            #expect(try !isBias || result.scalars() == [Float](repeating: 1, count: shape.count))
            for (index, gradient) in tape.gradients(of: result.sum(), withRespectTo: inputs).enumerated() {
                let expected = [Float](repeating: Float(gradients[index]), count: shapes[index].count)
                #expect(try #require(gradient).scalars() == expected)
            }
        }
        let patches = batch * 3 * rows
        try check(
            PatchifyLinearOp(layout, hasBias: true),
            [[batch, channels, 2 * rows, 6], [width, 4 * channels], [width]], isBias: channels == 0,
            result: [batch, 3 * rows, width], gradients: [width, patches, patches])
        try check(
            LinearUnpatchifyOp(layout, rows: rows, columns: 3, hasBias: true),
            [[batch, 3 * rows, width], [4 * channels, width], [4 * channels]], isBias: width == 0,
            result: [batch, channels, 2 * rows, 6], gradients: [4 * channels, patches, patches])
    }

    /// Kernels read numbers of one type only.
    @Test func integersAreRefused() async {
        await #expect(processExitsWith: .failure) {
            let device = try CPUDevice(threads: 1)
            let whole = Tensor(integers: [1, 2], shape: [1, 2], on: device)
            _ = LinearOp(hasBias: false)([whole, .ones([3, 2], on: device)])
        }
    }

    /// From some thousands of rows on, weights are laid out anew for a product.
    @Test(arguments: [1, 5])
    func manyRowsAreTheRowsOfParts(threads: Int) throws {
        let device = try CPUDevice(threads: threads)
        let x = Tensor.random(.normal, [2051, 134], from: Philox(seed: 5), on: device)
        let weight = Tensor.random(.normal, [205, 67], from: Philox(seed: 6), on: device)
        let bias = Tensor.random(.normal, [205], from: Philox(seed: 7), on: device)
        func isSame(_ apply: (Tensor) -> Tensor) throws -> Bool {
            let parts = [0..<1000, 1000..<2051].map { apply(x.sliced(along: 0, $0)) }
            let (found, expected) = (try apply(x).scalars(), try parts.flatMap { try $0.scalars() })
            // Sums of 67 products of numbers around 1, in another order.
            return found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 }
        }
        #expect(try isSame { LinearOp(hasBias: true)([$0.sliced(along: 1, 0..<67), weight, bias])[0] })
        #expect(try isSame { SwiGLULinearOp(hasBias: true)([$0, weight, bias])[0] })
    }

    /// More threads than strips of rows.
    @Test(arguments: OpCase.fused(named: [
            "linear, strips", "swiglu-linear, strips", "rotary-self-attention", "patchify-linear, many pieces",
            "linear-unpatchify, many pieces",
        ]))
    func manyThreadsMatchTheReference(_ opCase: OpCase) throws {
        let found = try OpCheck.parity(of: opCase, on: CPUDevice(threads: 23))
        #expect(found.worst <= opCase.tolerance, "outputs \(found.outputs), gradients \(found.gradients)")
    }

    /// Strips start at multiples of 16, of which there may be fewer than threads.
    @Test(arguments: [(111, 16), (140, 64), (223, 32), (105, 64)])
    func fewRowsForEachThread(_ rows: Int, _ threads: Int) throws {
        func gradients(_ device: any Device) throws -> [[Float]] {
            let tape = Tape()
            let inputs = [[rows, 2 * 70], [rows + 100, 70], [210, rows + 100]].enumerated().map { index, shape in
                let stream = Philox(seed: 5, stream: UInt64(index))
                return tape.watch(Tensor.random(.normal, Shape(shape), from: stream, on: device))
            }
            let gated = SwiGLULinearOp(hasBias: false)(Array(inputs.prefix(2)))[0]
            let result = LinearOp(hasBias: false)([gated, inputs[2]])[0].squared()
            return try tape.gradients(of: result.sum(), withRespectTo: inputs).map { try #require($0).scalars() }
        }
        for (found, expected) in try zip(gradients(CPUDevice(threads: threads)), gradients(CPUDevice(threads: 1))) {
            let largest = expected.reduce(0) { max($0, abs($1)) }
            // Sums in another order.
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
        }
    }

    /// Copies of operands that a library cannot read live as long as the products, which take memory of their own.
    @Test func copiedOperandsOutliveTheirProducts() throws {
        let device = try CPUDevice(threads: 2)
        var random = Philox(seed: 4)
        let a = Tensor.normal([2, 211, 149], using: &random, on: device).transposed()
        let b = Tensor.normal([211, 223, 2], using: &random, on: device).permuted(to: [2, 0, 1])
        let expected = try a.contiguous().matmul(b.contiguous()).scalars()
        let found = try a.matmul(b).scalars()
        // Sums of 211 products of numbers around 1, in another order.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-3 } && found.count == expected.count)
    }

    @Test func memoryIsReusedAndReported() throws {
        let device = try CPUDevice(threads: 1)
        do {
            let tensor = Tensor.zeros([1000, 1000], on: device)
            #expect(device.memoryUse.current >= tensor.count * 4)
        }
        #expect(device.memoryUse.current == 0)
        #expect(device.memoryUse.highWaterMark >= 4_000_000)
        let reserved = device.memoryUse.reserved
        _ = Tensor.zeros([1000, 1000], on: device)
        #expect(device.memoryUse.reserved == reserved)
        device.trimCache()
        #expect(device.memoryUse.reserved == 0)
    }

    @Test func aLimitIsATypedError() throws {
        let device = try CPUDevice(threads: 1, memoryLimit: 1 << 20)
        let tensor = Tensor.zeros([1 << 20], on: device) + 1
        #expect(tensor.shape == [1 << 20])
        #expect {
            try tensor.scalars()
        } throws: { error in
            guard case DeviceError.outOfMemory(_, let operation?, _, _, let limit) = error else { return false }
            return !operation.isEmpty && limit == 1 << 20
        }
    }

    @Test func anIndexOutsideTheTableIsATypedError() throws {
        let device = try CPUDevice(threads: 1)
        let table = Tensor.ones([3, 2], on: device)
        let rows = table.rows(Tensor(integers: [0, 3], shape: [2], on: device))
        #expect(throws: DeviceError.self) { try (rows + 1).scalars() }
    }

    @Test func concurrentUseIsSafe() async throws { try await checkConcurrentUse(of: try CPUDevice(threads: 2)) }
}

extension OpCase {
    /// The cases of these names.
    fileprivate static func fused(named names: Set<String>) -> [OpCase] { all.filter { names.contains($0.name) } }
}
