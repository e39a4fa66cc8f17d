internal import SwiffuseTensor

extension KernelTable {
    /// Every fused operation of the core has a kernel here, or parts that have.
    static func vulkan(_ runtime: VulkanRuntime) -> KernelTable {
        var table = KernelTable()
        table.add(FusedKernel<LinearOp>.vulkan(runtime))
        table.add(FusedKernel<RMSNormOp>.vulkan(runtime))
        table.add(FusedKernel<LayerNormOp>.vulkan(runtime))
        table.add(FusedKernel<ModulatedRMSNormOp>.vulkan(runtime))
        table.add(FusedKernel<ModulatedLayerNormOp>.vulkan(runtime))
        table.add(FusedKernel<QKNormRotaryOp>.vulkan(runtime))
        table.add(FusedKernel<AttentionOp>.vulkan(runtime))
        table.add(FusedKernel<SelfAttentionOp>.vulkan(runtime))
        table.add(FusedKernel<SwiGLUOp>.vulkan(runtime))
        table.add(FusedKernel<SiLUOp>.vulkan(runtime))
        table.add(FusedKernel<GELUOp>.vulkan(runtime))
        table.add(FusedKernel<GatedResidualOp>.vulkan(runtime))
        table.add(FusedKernel<AdaptiveLayerNormOp>.vulkan(runtime))
        table.add(FusedKernel<AdaptiveResidualOp>.vulkan(runtime))
        table.add(FusedKernel<ConvolutionOp>.vulkan(runtime))
        table.add(FusedKernel<HalvedMaximumOp>.vulkan(runtime))
        table.add(FusedKernel<FeatureDistanceOp>.vulkan(runtime))
        table.add(FusedKernel<CosineOp>.vulkan(runtime))
        table.add(FusedKernel<MeanSquaredErrorOp>.vulkan(runtime))
        table.add(FusedKernel<AdamWOp>.vulkan(runtime))
        return table
    }
}
