/// The fused operations of this library.
public enum FusedOps {
    /// Every operation that a device may have a kernel for.
    public static var all: [any FusedOp.Type] {
        [
            LinearOp.self, PatchifyLinearOp.self, LinearUnpatchifyOp.self, AttentionOp.self, SelfAttentionOp.self,
            RotarySelfAttentionOp.self, QKNormRotaryOp.self, RMSNormOp.self, ModulatedRMSNormOp.self,
            LayerNormOp.self, ModulatedLayerNormOp.self, GELUOp.self, SiLUOp.self, SwiGLUOp.self, SwiGLULinearOp.self,
            GatedResidualOp.self, AdaptiveLayerNormOp.self, AdaptiveResidualOp.self, ConvolutionOp.self,
            HalvedMaximumOp.self, FeatureDistanceOp.self, CosineOp.self, MeanSquaredErrorOp.self, AdamWOp.self,
        ]
    }
}
