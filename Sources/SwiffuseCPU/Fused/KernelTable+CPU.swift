internal import SwiffuseTensor

extension KernelTable {
    /// Every fused operation of the core has a kernel here.
    static func cpu(_ runtime: CPURuntime) -> KernelTable {
        var table = KernelTable()
        table.add(FusedKernel<LinearOp>.cpu(runtime))
        table.add(FusedKernel<PatchifyLinearOp>.cpu(runtime))
        table.add(FusedKernel<LinearUnpatchifyOp>.cpu(runtime))
        table.add(FusedKernel<RMSNormOp>.cpu(runtime))
        table.add(FusedKernel<LayerNormOp>.cpu(runtime))
        table.add(FusedKernel<ModulatedRMSNormOp>.cpu(runtime))
        table.add(FusedKernel<ModulatedLayerNormOp>.cpu(runtime))
        table.add(FusedKernel<QKNormRotaryOp>.cpu(runtime))
        table.add(FusedKernel<AttentionOp>.cpu(runtime))
        table.add(FusedKernel<SelfAttentionOp>.cpu(runtime))
        table.add(FusedKernel<RotarySelfAttentionOp>.cpu(runtime))
        table.add(FusedKernel<SiLUOp>.cpu(runtime))
        table.add(FusedKernel<GELUOp>.cpu(runtime))
        table.add(FusedKernel<SwiGLUOp>.cpu(runtime))
        table.add(FusedKernel<SwiGLULinearOp>.cpu(runtime))
        table.add(FusedKernel<GatedResidualOp>.cpu(runtime))
        table.add(FusedKernel<AdaptiveLayerNormOp>.cpu(runtime))
        table.add(FusedKernel<AdaptiveResidualOp>.cpu(runtime))
        table.add(FusedKernel<ConvolutionOp>.cpu(runtime))
        table.add(FusedKernel<HalvedMaximumOp>.cpu(runtime))
        table.add(FusedKernel<FeatureDistanceOp>.cpu(runtime))
        table.add(FusedKernel<CosineOp>.cpu(runtime))
        table.add(FusedKernel<MeanSquaredErrorOp>.cpu(runtime))
        table.add(FusedKernel<AdamWOp>.cpu(runtime))
        return table
    }
}
