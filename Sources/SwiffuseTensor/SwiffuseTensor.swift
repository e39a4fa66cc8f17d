/// Tensors, devices, primitives, fused operations and reverse-mode gradients.
public enum SwiffuseTensor {}
