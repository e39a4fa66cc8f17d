import Swiffuse
import Testing

/// DiT, DeCo and PixNerd draw on a Vulkan device what they draw on the processor.
@Suite(.enabled(if: (try? VulkanDevice()) != nil, "no Vulkan driver: apt-get install mesa-vulkan-drivers"))
struct VulkanPictureTests {
    @Test(arguments: Family.allCases) func picturesAreThoseOfTheProcessor(_ family: Family) throws {
        let scope = Scope()
        let network = try family.small(in: BuildContext(model: Family.model, scope: scope))
        try PictureAgreement(network, Family.model).check(
            store(scope, on: try CPUDevice(threads: 2)), store(scope, on: try VulkanDevice()))
    }

    /// First values, with small ones in the place of zeros: fresh networks predict nothing.
    private func store(_ scope: Scope, on device: any Device) -> ParameterStore {
        var store = ParameterStore(scope, seed: 7, on: device)
        var random = Philox(seed: 11)
        for parameter in store.parameters where parameter.initializer == .zeros {
            store[parameter] = Tensor.normal(parameter.shape, using: &random, on: device) * 0.1
        }
        return store
    }
}
