/// How kernels are shaped for a kind of device: data, so that a measurement can change it without new code.
public struct VulkanProfile: Sendable, Hashable {
    /// The name that a user types: `llvmpipe`, `swiftshader`, `gpu`.
    public let name: String
    /// Whether kernels read through texel buffer views: several times faster on llvmpipe, whose storage buffer loads
    /// are serial over the lanes.
    public var usesTexels: Bool
    /// Whether a workgroup of `lanes` invocations is one subgroup that exchanges values directly; else kernels that sum
    /// over a workgroup go through shared memory, which does not depend on the subgroup's size.
    public var usesSubgroups: Bool
    /// Invocations that share a row in normalisations, softmax and reductions; a power of two, at most 256.
    public var lanes: Int
    /// Invocations of a workgroup whose members work alone.
    public var groupSize: Int
    /// Units of four elements per invocation in elementwise kernels.
    public var units: Int
    public var product: Product
    /// The tiles of `Product.matrices`, where a user asks for it: multiples of 32 rows and columns up to 128. Empty if the
    /// profile is not for devices that have it.
    public var matrixTiles: [Tile] = []
    /// When `Product.subgroup` copies its operands into the order of reading first; nil never does.
    public var panels: PanelRule?
    /// Dispatches after which recorded work is handed to the device.
    public var submitDispatches: Int
    /// Arithmetic after which recorded work is handed to the device, so that no submission runs for long.
    public var submitOperations: Int
    /// Arithmetic of one dispatch; what would take more is cut into several. Drivers end what runs for seconds, and take the
    /// device away.
    public var dispatchOperations: Int
    /// Most iterations of all loops of one invocation; llvmpipe stops invocations silently after 65,535.
    public var loopLimit: Int
    /// Longest wait for the device in seconds; nil for drivers on the processor, which may take any time.
    public var waitLimit: Int?

    /// How a workgroup multiplies matrices.
    public enum Product: Sendable, Hashable {
        /// One subgroup holds a tile of this many rows in registers; A's elements pass from lane to lane.
        case subgroup(rows: Int)
        /// 256 invocations share slices of A and B; the first tile that gives enough work is taken.
        case sharedTiles([Tile])
        /// Four subgroups multiply matrices of 16-bit floats with the device's matrix units, adding up in 32 bits; tiles are
        /// chosen like shared ones.
        case matrices([Tile])
    }

    /// The part of a product that a workgroup computes: multiples of 16 rows and columns, of 32 for `matrices`.
    public struct Tile: Sendable, Hashable {
        public var rows: Int
        public var columns: Int
        /// Workgroups that a product must have with this tile, so that all of the device has work.
        public var leastGroups: Int
        /// Depth that a slice has at least where the depth is cut to come to so many workgroups; `.max` never cuts.
        public var leastSliceDepth: Int

        public init(rows: Int, columns: Int, leastGroups: Int, leastSliceDepth: Int = .max) {
            self.rows = rows
            self.columns = columns
            self.leastGroups = leastGroups
            self.leastSliceDepth = leastSliceDepth
        }
    }

    /// Which products are worth copying their operands for.
    public struct PanelRule: Sendable, Hashable {
        /// Bytes over which a workgroup may walk from row to row. On a processor: pages that its translation buffers hold.
        public var longestWalk: Int
        /// Tiles along rows and along columns that share a copy.
        public var leastTiles: Int

        public init(longestWalk: Int, leastTiles: Int) {
            self.longestWalk = longestWalk
            self.leastTiles = leastTiles
        }
    }

    /// Mesa's driver on the processor: eight lanes, tiles in registers, no shared memory, no barriers.
    ///
    /// Tile sizes: measured on a 2-core AVX-512 Xeon with Mesa 22.3; 32 rows are a flat optimum.
    public static var llvmpipe: VulkanProfile {
        VulkanProfile(
            name: "llvmpipe", usesTexels: true, usesSubgroups: true, lanes: 8, groupSize: 64, units: 4,
            product: .subgroup(rows: 32), panels: PanelRule(longestWalk: 10 << 20, leastTiles: 8),
            submitDispatches: 64, submitOperations: 20_000_000_000,
            dispatchOperations: .max, loopLimit: 60_000, waitLimit: nil)
    }

    /// Google's driver on the processor: four lanes, texel views too small to use.
    public static var swiftShader: VulkanProfile {
        VulkanProfile(
            name: "swiftshader", usesTexels: false, usesSubgroups: true, lanes: 4, groupSize: 64, units: 4,
            product: .subgroup(rows: 16), panels: PanelRule(longestWalk: 10 << 20, leastTiles: 8),
            submitDispatches: 64, submitOperations: 5_000_000_000,
            dispatchOperations: .max, loopLimit: .max, waitLimit: nil)
    }

    /// Real GPUs: nothing depends on the subgroup's size, sums and products go through shared memory.
    ///
    /// The tiles are those that ggml, cubecl and others arrived at; none was measured on a GPU here. Matrix units are several
    /// times faster, so large tiles pay only with more of them, and slices of the depth must be longer.
    public static var gpu: VulkanProfile {
        VulkanProfile(
            name: "gpu", usesTexels: false, usesSubgroups: false, lanes: 64, groupSize: 64, units: 1,
            product: .sharedTiles([
                Tile(rows: 128, columns: 128, leastGroups: 128, leastSliceDepth: 2048),
                Tile(rows: 64, columns: 64, leastGroups: 64, leastSliceDepth: 1024),
                Tile(rows: 32, columns: 32, leastGroups: 64, leastSliceDepth: 512),
            ]),
            matrixTiles: [
                Tile(rows: 128, columns: 128, leastGroups: 128, leastSliceDepth: 4096),
                Tile(rows: 64, columns: 64, leastGroups: 128, leastSliceDepth: 2048),
                Tile(rows: 32, columns: 32, leastGroups: 64, leastSliceDepth: 1024),
            ], panels: nil, submitDispatches: 128, submitOperations: 20_000_000_000, dispatchOperations: 20_000_000_000,
            loopLimit: .max, waitLimit: 60)
    }

    /// The profiles by name.
    public static var all: [VulkanProfile] { [.llvmpipe, .swiftShader, .gpu] }
}
