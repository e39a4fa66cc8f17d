/// A file of named tensors, whatever its format.
public protocol TensorFile: Sendable {
    var path: String { get }
    /// The tensors' names in the order of the file.
    var names: [String] { get }
    func contains(_ key: String) -> Bool
    /// The element type of the tensor of that name; if there is none the error suggests the most similar one.
    func dtype(of key: String) throws(CheckpointError) -> StoredDType
    func shape(of key: String) throws(CheckpointError) -> [Int]

    /// Gives `body` the raw bytes of a tensor: row-major, little endian, of any alignment, valid during the call only.
    func withBytes<Result>(
        of key: String, _ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result
}
