internal import SwiffuseTensor

/// One launch of a kernel.
struct Dispatch {
    let kernel: Kernel
    /// Values of the specialisation constants 0, 1, 2, …; the first is the size of a workgroup.
    let constants: [UInt32]
    /// The operands by slot; an unused slot is nil.
    let operands: [Operand?]
    let parameters: PushWords
    /// Workgroups along x, y and z.
    let groups: (Int, Int, Int)
    /// Estimated arithmetic.
    var operations = 0
    /// What the kernel reads and writes beside the operands, in the same blocks, by places that it gets from memory.
    var further: [Operand] = []

    var grid: WorkgroupGrid { WorkgroupGrid(groups.0, groups.1, groups.2) }

    /// Arithmetic that a device does in the time that the dispatch takes, roughly: kernels without much of their own are
    /// bound by the memory that they touch.
    var work: Int {
        let byteCount = operands.reduce(0) { $0 + ($1?.view.byteRange.count ?? 0) }
        return max(operations, Self.operationsPerByte * byteCount)
    }

    /// GPUs reach 10 to 40 float operations in the time that a byte takes from or to their memory.
    private static let operationsPerByte = 16
}

/// A view that a kernel reads or writes.
struct Operand {
    enum Access { case read, write, readAndWrite }

    let view: BufferView
    let access: Access

    static func reading(_ view: BufferView) -> Operand { Operand(view: view, access: .read) }
    static func reading(_ view: BufferView?) -> Operand? { view.map { Operand(view: $0, access: .read) } }
    static func writing(_ view: BufferView) -> Operand { Operand(view: view, access: .write) }
    static func updating(_ view: BufferView) -> Operand { Operand(view: view, access: .readAndWrite) }
}

/// Push constants: 32-bit words in the order of the kernel's parameter block.
struct PushWords {
    private(set) var words: [UInt32] = []

    init(_ parts: any PushValue...) {
        for part in parts { part.append(to: &words) }
    }
}

/// What can stand in a kernel's parameter block.
protocol PushValue {
    func append(to words: inout [UInt32])
}

extension Int: PushValue {
    /// Counts and places; a place counts elements of a block, which fit 32 bits.
    func append(to words: inout [UInt32]) {
        require(self >= 0 && self <= Int(UInt32.max), "vulkan", "\(self) does not fit a kernel's parameter")
        words.append(UInt32(self))
    }
}

extension UInt32: PushValue {
    func append(to words: inout [UInt32]) { words.append(self) }
}

extension Float: PushValue {
    func append(to words: inout [UInt32]) { words.append(bitPattern) }
}

extension Array: PushValue where Element: PushValue {
    func append(to words: inout [UInt32]) { for element in self { element.append(to: &words) } }
}

extension Bool {
    /// A specialisation constant.
    var word: UInt32 { self ? 1 : 0 }
}
