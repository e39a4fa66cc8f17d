import Foundation
public import SwiffuseNN
public import SwiffuseTensor

extension GoldenFixture {
    /// The tensors that the JSON describes under `procedural_weights`, by name; none in most fixtures.
    public func proceduralTensors() throws(GoldenError) -> [String: ProceduralTensor] {
        let root = description.root
        guard root.contains("procedural_weights") else { return [:] }
        var tensors: [String: ProceduralTensor] = [:]
        for (index, element) in try root.list("procedural_weights").enumerated() {
            let place = "procedural_weights.\(index)"
            guard let members = element.members else { throw root.malformed(place, "is not an object") }
            let tensor = try ProceduralTensor(FixtureSettings(members, at: place, in: description.path))
            tensors[tensor.name] = tensor
        }
        return tensors
    }

    /// Weights for everything that a scope declares, stored or procedural, with nothing missing and nothing left over.
    ///
    /// - Parameters:
    ///   - prefix: what stands before the keys of stored weights, such as `weights.`.
    ///   - others: prefixes of keys that belong to something else.
    public func weights(
        of scope: Scope, prefix: String = "weights.", leaving others: [String] = [], on device: any Device
    ) throws(GoldenError) -> ParameterStore {
        let procedural = try proceduralTensors()
        guard !procedural.isEmpty else { return try parameters(of: scope, prefix: prefix, leaving: others, on: device) }
        let declared = scope.parameters
        let keys = Set(declared.map(\.key))
        if let surplus = procedural.keys.sorted().first(where: { name in
            !keys.contains(name) && !others.contains { (prefix + name).hasPrefix($0) }
        }) {
            throw malformed("the procedural weight \(surplus) has no counterpart in the model")
        }
        // Every shape is checked before anything is allocated.
        for parameter in declared {
            guard let tensor = procedural[parameter.key] else {
                throw malformed("there is no procedural weight \(parameter.key)")
            }
            guard tensor.shape == parameter.shape.dimensions else {
                throw malformed(
                    "the procedural weight \(parameter.key) has the shape \(tensor.shape), but the configuration needs "
                        + "\(parameter.shape)")
            }
        }
        let values = declared.map { parameter in
            Tensor(procedural[parameter.key]?.values ?? [], shape: parameter.shape, on: device)
        }
        return ParameterStore(declared, values: values)
    }

    /// The fixtures of a kind that lie in the same folder, sorted by name; unreadable files are passed over.
    public func neighbours(ofKind kind: String) -> [GoldenFixture] {
        let folder = URL(fileURLWithPath: description.path).deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter { $0.hasSuffix(".json") }.compactMap { name in
            guard let other = try? GoldenDescription(path: folder + "/" + name), other.kind == kind else { return nil }
            return try? GoldenFixture(other)
        }
    }
}
