import SwiffuseNN
import SwiffuseTensor

/// How a block makes its last branch of neighbours.
enum InceptionPooling: Sendable {
    case average
    case maximum

    fileprivate func callAsFunction(_ image: Tensor) -> Tensor {
        switch self {
        case .average: image.averagePooledByThree()
        case .maximum: image.maxPooledByThree(stride: 1, padding: 1)
        }
    }
}

/// Branches whose results lie side by side as channels (Szegedy et al., arXiv:1512.00567, figures 5 to 7); keys as in
/// torchvision.
struct InceptionBlock: Sendable {
    /// A chain of convolutions; the results of `ends`, if there are any, lie side by side.
    struct Branch: Sendable {
        var chain: [InceptionConvolution]
        var ends: [InceptionConvolution] = []

        func callAsFunction(_ image: Tensor, _ pass: Pass) -> [Tensor] {
            let result = chain.reduce(image) { $1($0, pass) }
            return ends.isEmpty ? [result] : ends.map { $0(result, pass) }
        }
    }

    /// The first is a single convolution in the blocks that have a spatial feature.
    private let branches: [Branch]
    private let pooled: Pooled

    private enum Pooled: Sendable {
        /// Pooled neighbours, then a convolution.
        case convolved(InceptionPooling, InceptionConvolution)
        /// Largest values at half the size.
        case halved
    }

    func callAsFunction(_ image: Tensor, _ pass: Pass) -> Tensor {
        Tensor.concatenated(branches.flatMap { $0(image, pass) } + [last(image, pass)], along: 1)
    }

    /// The result of the first branch alone.
    func firstBranch(_ image: Tensor, _ pass: Pass) -> Tensor { branches[0](image, pass)[0] }

    private func last(_ image: Tensor, _ pass: Pass) -> Tensor {
        switch pooled {
        case .convolved(let pooling, let convolution): convolution(pooling(image), pass)
        case .halved: image.maxPooledByThree(stride: 2)
        }
    }

    private init(_ branches: [Branch], _ pooled: Pooled) {
        self.branches = branches
        self.pooled = pooled
    }

    /// Figure 5, for 35 × 35 pixels: kernels of 3 × 3 and 5 × 5; torchvision's `InceptionA`.
    static func square(_ scope: Scope, from inputs: Int, poolWidth: Int) -> InceptionBlock {
        InceptionBlock(
            [
                Branch(chain: [scope.convolution("branch1x1", inputs, 64)]),
                Branch(chain: [
                    scope.convolution("branch5x5_1", inputs, 48), scope.convolution("branch5x5_2", 48, 64, (5, 5)),
                ]),
                Branch(chain: [
                    scope.convolution("branch3x3dbl_1", inputs, 64),
                    scope.convolution("branch3x3dbl_2", 64, 96, (3, 3)),
                    scope.convolution("branch3x3dbl_3", 96, 96, (3, 3)),
                ]),
            ], .convolved(.average, scope.convolution("branch_pool", inputs, poolWidth)))
    }

    /// From 35 × 35 to 17 × 17 pixels; torchvision's `InceptionB`.
    static func halvingTo17(_ scope: Scope, from inputs: Int) -> InceptionBlock {
        InceptionBlock(
            [
                Branch(chain: [scope.halving("branch3x3", inputs, 384)]),
                Branch(chain: [
                    scope.convolution("branch3x3dbl_1", inputs, 64),
                    scope.convolution("branch3x3dbl_2", 64, 96, (3, 3)), scope.halving("branch3x3dbl_3", 96, 96),
                ]),
            ], .halved)
    }

    /// Figure 6, for 17 × 17 pixels: kernels of 7 × 7 as 1 × 7 and 7 × 1; torchvision's `InceptionC`.
    static func factored(_ scope: Scope, width: Int) -> InceptionBlock {
        InceptionBlock(
            [
                Branch(chain: [scope.convolution("branch1x1", 768, 192)]),
                Branch(chain: [
                    scope.convolution("branch7x7_1", 768, width),
                    scope.convolution("branch7x7_2", width, width, (1, 7)),
                    scope.convolution("branch7x7_3", width, 192, (7, 1)),
                ]),
                Branch(chain: [
                    scope.convolution("branch7x7dbl_1", 768, width),
                    scope.convolution("branch7x7dbl_2", width, width, (7, 1)),
                    scope.convolution("branch7x7dbl_3", width, width, (1, 7)),
                    scope.convolution("branch7x7dbl_4", width, width, (7, 1)),
                    scope.convolution("branch7x7dbl_5", width, 192, (1, 7)),
                ]),
            ], .convolved(.average, scope.convolution("branch_pool", 768, 192)))
    }

    /// From 17 × 17 to 8 × 8 pixels; torchvision's `InceptionD`.
    static func halvingTo8(_ scope: Scope) -> InceptionBlock {
        InceptionBlock(
            [
                Branch(chain: [
                    scope.convolution("branch3x3_1", 768, 192), scope.halving("branch3x3_2", 192, 320),
                ]),
                Branch(chain: [
                    scope.convolution("branch7x7x3_1", 768, 192),
                    scope.convolution("branch7x7x3_2", 192, 192, (1, 7)),
                    scope.convolution("branch7x7x3_3", 192, 192, (7, 1)), scope.halving("branch7x7x3_4", 192, 192),
                ]),
            ], .halved)
    }

    /// Figure 7, for 8 × 8 pixels: branches that end in several; torchvision's `InceptionE`.
    static func expanded(_ scope: Scope, from inputs: Int, pooling: InceptionPooling) -> InceptionBlock {
        InceptionBlock(
            [
                Branch(chain: [scope.convolution("branch1x1", inputs, 320)]),
                Branch(
                    chain: [scope.convolution("branch3x3_1", inputs, 384)],
                    ends: [
                        scope.convolution("branch3x3_2a", 384, 384, (1, 3)),
                        scope.convolution("branch3x3_2b", 384, 384, (3, 1)),
                    ]),
                Branch(
                    chain: [
                        scope.convolution("branch3x3dbl_1", inputs, 448),
                        scope.convolution("branch3x3dbl_2", 448, 384, (3, 3)),
                    ],
                    ends: [
                        scope.convolution("branch3x3dbl_3a", 384, 384, (1, 3)),
                        scope.convolution("branch3x3dbl_3b", 384, 384, (3, 1)),
                    ]),
            ], .convolved(pooling, scope.convolution("branch_pool", inputs, 192)))
    }
}

extension Scope {
    /// A convolution that keeps the size.
    fileprivate func convolution(
        _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: (height: Int, width: Int) = (1, 1)
    ) -> InceptionConvolution {
        InceptionConvolution(
            child(name), from: inputs, to: outputs, kernel: kernel, padding: (kernel.height / 2, kernel.width / 2))
    }

    /// A convolution of 3 × 3 that halves the size.
    fileprivate func halving(_ name: String, _ inputs: Int, _ outputs: Int) -> InceptionConvolution {
        InceptionConvolution(child(name), from: inputs, to: outputs, kernel: (3, 3), stride: 2)
    }
}
