import SwiffuseIO
import Testing

/// Tensors and parameters as PyTorch 0.1 to 0.3 wrote them: objects that are given a state.
extension TorchFileTests {
    @Test func objectsOfOldVersionsAreRead() throws {
        let file = try TorchFile(path: try Fixtures.path("legacy-objects.pt"))
        let types: [(name: String, dtype: StoredDType)] = [
            ("float", .float32), ("double", .float64), ("half", .float16), ("long", .int64), ("int", .int32),
            ("short", .int16), ("char", .int8), ("byte", .uint8),
        ]
        let named = ["features.0.weight", "features.0.transposed"] + types.map { "types." + $0.name }
        #expect(file.names == named + ["classifier.weight", "classifier.bias"])
        #expect(try file.shape(of: "features.0.weight") == [3, 4])
        #expect(try file.float32(of: "features.0.weight") == (0..<12).map { Float($0) / 4 })
        #expect(try file.shape(of: "features.0.transposed") == [3, 2])
        #expect(try file.float32(of: "features.0.transposed") == [0.25, 1.25, 0.5, 1.5, 0.75, 1.75])
        for (index, type) in types.enumerated() {
            #expect(try file.dtype(of: "types." + type.name) == type.dtype)
            #expect(try file.float64(of: "types." + type.name) == (0..<5).map { Double($0 + index) })
        }
        #expect(try file.shape(of: "classifier.weight") == [2, 3])
        #expect(try file.float32(of: "classifier.weight") == [-2, -1, 0, 1, 2, 3])
        #expect(try file.float32(of: "classifier.bias") == [0.5, -0.5])
    }

    /// Pushes a tensor object without a storage.
    private func object(_ module: String = "torch", _ name: String = "FloatTensor") -> [UInt8] {
        joined(global(module, name), [0x29, 0x52])
    }

    /// Gives the object on the stack a view of storage 0.
    private func state(
        _ type: String = "FloatStorage", count: Int = 6, offset: Int = 0, shape: (Int, Int) = (3, 2),
        strides: (Int, Int) = (2, 1), further: [UInt8] = []
    ) -> [UInt8] {
        joined(
            [0x28], storage(type, count: count), integer(offset), integer(shape.0), integer(shape.1), [0x86],
            integer(strides.0), integer(strides.1), [0x86], further, [0x74, 0x62])
    }

    @Test func objectsOfOtherDevicesAndOfNewCallsAreRead() throws {
        let values: [Float] = [0, 1, 2, 3, 4, 5]
        let whole = tensor(count: 6, shape: (3, 2), strides: (2, 1))
        let parameter = global("torch.nn.parameter", "Parameter")
        for value in [
            joined(object("torch.cuda", "FloatTensor"), state()),
            joined(global("torch", "FloatTensor"), [0x29, 0x81], state()),
            joined(parameter, whole, [0x85, 0x52]),
            joined(parameter, whole, [0x88, 0x86, 0x81]),
            joined(parameter, whole, [0x85, 0x81, 0x88, 0x89, 0x4E, 0x87, 0x62]),
            joined(parameter, object(), state(), [0x85, 0x52, 0x88, 0x89, 0x7D, 0x87, 0x62]),
        ] {
            let file = try open(dictionary(value), data: floats)
            #expect(try file.shape(of: "w") == [3, 2])
            #expect(try file.float32(of: "w") == values)
        }
    }

    @Test func objectsThatGetTheirStorageLaterAreSeenByAll() throws {
        // [object, the same object], of which the second is given the storage.
        let value = joined(object(), [0x71, 5, 0x71, 6], [0x30, 0x5D, 0x28, 0x68, 5, 0x68, 6], state(), [0x65])
        let file = try open(dictionary(value), data: floats)
        #expect(file.names == ["w/0", "w/1"])
        for name in file.names { #expect(try file.float32(of: name) == [0, 1, 2, 3, 4, 5]) }
    }

    @Test func objectsWithoutAStorageAreRefused() throws {
        let parameter = global("torch.nn.parameter", "Parameter")
        for value in [object(), joined(parameter, [0x29, 0x81])] {
            let error = #expect(throws: CheckpointError.self) { try open(dictionary(value), data: floats) }
            #expect(error?.description.contains("'w' is a tensor object that was never given its storage") == true)
        }
    }

    @Test func hostileObjectsAreRefused() throws {
        let whole = tensor(count: 6, shape: (3, 2), strides: (2, 1))
        let parameter = global("torch.nn.parameter", "Parameter")
        let plainState: [UInt8] = [0x88, 0x89, 0x4E, 0x87, 0x62]
        let cases: [(value: [UInt8], words: String)] = [
            (joined(object(), state(), state()), "attributes of what has none"),
            (joined(whole, state()), "attributes of what has none"),
            (joined(object(), state("DoubleStorage")), "of F32 has a storage of F64"),
            (joined(object("torch", "LongTensor"), state()), "of I64 has a storage of F32"),
            (joined(object(), state(further: [0x4E])), "is not storage, offset, shape and strides"),
            (joined(object(), [0x7D, 0x62]), "is not storage, offset, shape and strides"),
            (joined(object(), [0x71, 5, 0x68, 5, 0x68, 5, 0x68, 5, 0x87, 0x62]), "is not storage, offset, shape"),
            (joined(object(), [0x71, 5, 0x28, 0x68, 5, 0x4B, 0, 0x29, 0x29, 0x74, 0x62]), "not described by storage"),
            (joined(object(), state(shape: (3, 3), strides: (3, 1))), "reaches element 8 of a storage of 6"),
            (joined(object(), state(offset: -1)), "impossible shape"),
            (joined(object(), state(strides: (-1, 1))), "impossible shape"),
            (joined(object(), state(shape: (0x7FFF_FFFF, 0x7FFF_FFFF), strides: (0, 0))), "impossible shape"),
            (joined(object(), state(shape: (0x4000_0000, 1), strides: (0, 0))), "repeats a storage"),
            (joined(object(), state(count: 7)), "fewer than its 7 elements need"),
            (joined(object(), state(count: 1 << 60)), "something other than a storage"),
            (joined(global("torch", "FloatTensor"), integer(1 << 40), [0x85, 0x52]), "made of arguments"),
            (joined(parameter, integer(3), [0x85, 0x52]), "a parameter holds no tensor"),
            (joined(parameter, object(), [0x85, 0x52]), "a parameter holds no tensor"),
            (joined(parameter, whole, whole, [0x86, 0x52]), "a parameter holds no tensor"),
            (joined(parameter, whole, [0x85, 0x52], plainState, plainState), "attributes of what has none"),
            (joined(parameter, [0x29, 0x81], plainState), "the state of a parameter"),
            (joined(parameter, whole, [0x85, 0x52], state()), "the state of a parameter"),
            (
                joined(parameter, whole, [0x85, 0x52, 0x71, 5, 0x88, 0x89, 0x68, 5, 0x87, 0x62]),
                "the state of a parameter"
            ),
            (
                joined(parameter, [0x29, 0x81, 0x71, 5, 0x28, 0x68, 5, 0x4E, 0x4E, 0x88, 0x89, 0x74, 0x62]),
                "the state of a parameter"
            ),
            (global("torch", "FloatTensor"), "neither a tensor nor a plain value"),
            (parameter, "neither a tensor nor a plain value"),
        ]
        for (value, words) in cases {
            let error = #expect(throws: CheckpointError.self, "\(words)") { try open(dictionary(value), data: floats) }
            #expect(error?.description.contains(words) == true, "\(words): \(error?.description ?? "")")
        }
        for name in ["ComplexFloatTensor", "Tensor", "sparse.FloatTensor", "FloatTensorBase"] {
            let error = #expect(throws: CheckpointError.self) { try open(dictionary(object("torch", name))) }
            #expect(error?.description.contains("torch.\(name)") == true)
        }
        #expect(throws: CheckpointError.self) { try open(dictionary(object("torch.cuda", "FloatStorage"))) }
    }
}
