import Foundation
import SwiffuseIO
import SwiffuseTraining
import Testing

@Suite struct TensorCopyTests {
    @Test func tensorsOfPyTorchFilesAreCopiedBitForBit() throws {
        let target = NSTemporaryDirectory() + "copy-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: target) }
        let source = FixtureFolder.path + "/ckpt_awkward.ckpt"
        let expected = try SafetensorsFile(path: FixtureFolder.path + "/ckpt_awkward.expected.safetensors")
        let prefix = "state_dict/"
        let names = expected.names.filter { $0.hasPrefix(prefix) }
        #expect(try TensorCopy(prefix: prefix).write(source, to: target) == names.count)
        let copy = try SafetensorsFile(path: target)
        #expect(Set(copy.names) == Set(names.map { String($0.dropFirst(prefix.count)) }))
        for name in names {
            let key = String(name.dropFirst(prefix.count))
            #expect(
                try copy.dtype(of: key) == expected.dtype(of: name) && copy.shape(of: key) == expected.shape(of: name))
            let bytes = try copy.withBytes(of: key) { [UInt8]($0) }
            #expect(try bytes == expected.withBytes(of: name) { [UInt8]($0) }, "\(name)")
        }
        #expect(throws: CheckpointError.self) { try TensorCopy(prefix: "state-dict/").write(source, to: target) }
    }
}
